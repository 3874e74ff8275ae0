import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { BinaryClient } from '../support/binary-client.ts';
import { keyOf } from '../support/gateway-run.ts';
import { waitFor } from '../support/processes.ts';
import { portsIn, venueConfig, writeVenueFile } from '../support/venue-file.ts';

// The package as its users have it: packed, and installed into a project that holds nothing else.
const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const TIMEOUT_MS = 600_000;
const PROVED = 'batch.receipt';

interface PackageFile {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

const own: PackageFile = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8'));

let folder: string;
let project: string;
let packed: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofbook-package-'));
  project = join(folder, 'project');
  mkdirSync(project);
  const [report] = JSON.parse(npm(CHECKOUT, 'pack', '--json', '--pack-destination', folder));
  packed = report.files.map(({ path }: { readonly path: string }) => path);
  writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}');
  npm(project, 'install', '--prefer-offline', join(folder, report.filename));
  // The compiler and Node's types are those of the checkout: nobody needs them twice.
  for (const name of ['typescript', '@types/node', 'undici-types']) {
    mkdirSync(join(project, 'node_modules', name, '..'), { recursive: true });
    symlinkSync(join(CHECKOUT, 'node_modules', name), join(project, 'node_modules', name));
  }
  cpSync(join(CHECKOUT, 'examples'), project, { recursive: true });
}, TIMEOUT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }), TIMEOUT_MS);

function npm(cwd: string, ...args: readonly string[]): string {
  return execFileSync('npm', [...args, '--silent'], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const run = (...args: readonly string[]) =>
  execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
const example = (name: string, ...args: readonly string[]) => run(`${name}.ts`, ...args).split('\n');

describe('the packed package', () => {
  test('holds JavaScript, declarations, both licenses, the engine and the guest, and no source of ours', () => {
    for (const path of [
      'LICENSE-APACHE',
      'LICENSE-MIT',
      'README.md',
      'dist/engine/artifact/circuit.wasm',
      'dist/engine/artifact/host-simd.wasm',
      'dist/guest/artifact/aggregation.elf',
      'dist/guest/artifact/aggregation.json',
      'dist/guest/artifact/circuit.elf',
      'dist/guest/artifact/circuit.json',
      'prover/host/Cargo.lock',
      'prover/host/src/main.rs',
      'dist/queue/store/migrations.sql',
    ]) {
      expect(packed).toContain(path);
    }
    const sources = packed.filter((path) => /(?<!\.d)\.m?ts$/.test(path));
    expect(sources.filter((path) => !path.startsWith('dist/queue/dashboard/'))).toEqual([]);
    expect(packed.filter((path) => /^(test|queue|guest|node_modules)\//.test(path))).toEqual([]);
  });

  test('holds every file that is no code: whoever adds one has it in the package', () => {
    const rooms = ['engine/artifact', 'guest/artifact', 'prover', 'queue'];
    const files = execFileSync('git', ['ls-files', ...rooms], { cwd: CHECKOUT, encoding: 'utf8' })
      .split('\n')
      .filter(
        (path) => path !== '' && !/\.(ts|mjs|md)$/.test(path) && !/^prover\/(host|blake3-chip)\//.test(path),
      );
    expect(files).toContain('queue/store/migrations.sql');
    for (const path of files) expect(packed).toContain(`dist/${path}`);
  });

  test.each(
    ['circuit.wasm', 'host-simd.wasm', 'host-scalar.wasm', 'deep.wasm'].map(
      (name) => `engine/artifact/${name}`,
    ),
  )('holds the very bytes of %s', (path) => {
    const installed = readFileSync(join(project, 'node_modules/proofbook/dist', path));
    expect(installed.equals(readFileSync(join(CHECKOUT, path)))).toBe(true);
  });

  test('type-checks the examples strictly, its own declarations included, without types of the browser', () => {
    const compilerOptions = {
      target: 'esnext',
      lib: ['esnext'],
      module: 'nodenext',
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    expect(run('node_modules/typescript/bin/tsc', '-p', '.')).toBe('');
    writeFileSync(
      join(project, 'wrong.ts'),
      "import { Engine } from 'proofbook/engine';\nEngine.create('no config');\n",
    );
    expect(() => run('node_modules/typescript/bin/tsc', '-p', '.')).toThrow();
    rmSync(join(project, 'wrong.ts'));
  }, 60_000);

  test('lets nobody import what is not exported', () => {
    expect(Object.keys(own.exports)).toEqual([
      './engine',
      './sdk',
      './verify',
      './merkle',
      './client',
      './package.json',
    ]);
    const deep = "import('proofbook/dist/engine/engine.js').catch(({ code }) => console.log(code))";
    expect(run('-e', deep)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });
});

describe('the service of the packed package', () => {
  test('seals a batch and shows its state: its threads are found where the compiler put them', async () => {
    const bin = join(project, 'node_modules', '.bin', 'proofbook');
    const args = ['serve', '--data', join(folder, 'served'), '--port', '0', '--workers', '0', '--no-auth'];
    const service = spawn(bin, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const closed = once(service, 'close');
    try {
      const url = await listeningAddress(service);
      const order = { kind: 'place', side: 'bid', timeInForce: 'GTC', account: 1, clientOrderId: '1' };
      const sent = await fetch(`${url}/v1/markets/1/batches`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ commands: [{ ...order, price: '100', quantity: '5' }] }),
      });
      expect(sent.status).toBe(202);
      const statusOf = async (path: string) => (await fetch(url + path)).status;
      await expect.poll(() => statusOf('/v1/markets/1/batches/1/state'), { timeout: 20_000 }).toBe(200);
      expect(await statusOf('/')).toBe(200);
    } finally {
      service.kill();
      await closed;
    }
  }, 120_000);
});

describe('the gateway of the packed package', () => {
  test('answers a command from its journal: the threads of the runtime are there, too', async () => {
    const bin = join(project, 'node_modules', '.bin', 'proofbook');
    const directory = join(folder, 'venue');
    mkdirSync(directory);
    const file = writeVenueFile(directory, venueConfig(directory));
    const venue = spawn(bin, ['gateway', '--file', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    const closed = once(venue, 'close');
    let said = '';
    venue.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    try {
      const ports = await waitFor('both gateways', () => portsIn(said));
      const one = await BinaryClient.connect(ports.binary);
      one.hello(1, keyOf(1));
      one.send(encodeCommands([{ kind: 'sweep', account: 1 }]));
      await waitFor('an answer', () => one.events.length === 1);
      expect(one.events[0]?.transition).toMatchObject({ type: 'rejected', reason: 'noOrders' });
    } finally {
      venue.kill();
      await closed;
    }
  }, 60_000);
});

async function listeningAddress(service: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of service.stderr ?? []) {
    text += String(chunk);
    const address = /listening on (http:[^\s"]+)/.exec(text)?.[1];
    if (address !== undefined) {
      service.stderr?.on('error', () => undefined);
      return address;
    }
  }
  throw new Error(`the service ended: ${text}`);
}

describe('the examples', () => {
  test('match a batch', () => {
    expect(example('match-a-batch')).toContain('batch 1: 3 commands, 5 transitions');
  });

  test('check an inclusion proof, and refuse an altered one', () => {
    expect(example('check-an-inclusion').slice(1, 3)).toEqual([
      'page 0 with 3 transitions is under the root',
      'with another price it is not: INCLUSION_REFUSED',
    ]);
  });

  test('grow a Merkle tree', () => {
    expect(example('grow-a-merkle-tree')).toContain('10 nodes hashed for one more');
  });

  test(
    'prove a batch, verify its receipt, and refuse an altered one; so does the command line',
    () => {
      expect(example('prove-a-batch', PROVED)[0]).toMatch(/^app receipt of image [0-9a-f]{64}$/);
      expect(example('verify-a-receipt', PROVED)).toEqual([
        'verified: batch 1 of 2 commands',
        'with one bit of the seal turned: PROOF_REFUSED',
        '',
      ]);
      const proofbook = join(project, 'node_modules/.bin/proofbook');
      const verified = execFileSync(proofbook, ['verify', '--json', PROVED], {
        cwd: project,
        encoding: 'utf8',
      });
      expect(JSON.parse(verified)).toMatchObject({ verified: true });
    },
    TIMEOUT_MS,
  );

  test('say how the prover host is built where there is none', () => {
    const env = { ...process.env, PROOFBOOK_HOST_BINARY: join(folder, 'nowhere') };
    const said = execFileSync(process.execPath, ['prove-a-batch.ts'], {
      cwd: project,
      env,
      encoding: 'utf8',
    });
    const [, prefix = ''] = /npm run setup --prefix ([^`]+)/.exec(said) ?? [];
    const { scripts } = JSON.parse(readFileSync(join(project, prefix, 'package.json'), 'utf8'));
    const script = readFileSync(join(project, prefix, scripts.setup.replace('node ', '')), 'utf8');
    expect(script).toContain('prepare()');
    const manifest = join(project, prefix, 'prover/host/Cargo.toml');
    const metadata = ['metadata', '--locked', '--offline', '--no-deps', '--format-version', '1'];
    const { packages } = JSON.parse(
      execFileSync('cargo', [...metadata, '--manifest-path', manifest], { encoding: 'utf8' }),
    );
    expect(packages.map(({ name }: { readonly name: string }) => name)).toEqual(['proofbook-host']);
  });
});
