import { fileURLToPath } from 'node:url';
import { HostProcess } from '../../prover/sdk/host-process.ts';

// Starts a stand-in host that no closed stdin impresses, prints its process id, and exits without closing it.

const standIn = fileURLToPath(new URL('./stand-in-host.ts', import.meta.url));
const host = await HostProcess.spawn(process.execPath, [standIn, 'ignore-everything']);
process.stdout.write(`${host.pid}\n`, () => process.exit(0));
