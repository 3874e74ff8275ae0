/** `node test/baseline/record-openapi.ts` writes docs/openapi.json as the service describes itself; a test compares them. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RunningService } from '../support/running-service.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url));

const service = await new RunningService(['--workers', '0', '--no-auth']).start();
const { json } = await service.get('/openapi.json');
await service.close();
writeFileSync(DOCUMENT, JSON.stringify(json));
execFileSync('biome', ['format', '--write', DOCUMENT], { stdio: 'ignore' });
console.log('docs/openapi.json is written');
