import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { sealedRoot } from '../../queue/runtime/pipeline/market-engine.ts';
import { BinaryClient } from '../support/binary-client.ts';
import { FixClient } from '../support/fix-client.ts';
import { utc } from '../support/fix-text.ts';
import { keyOf, passwordOf } from '../support/gateway-run.ts';
import { replayJournal, temporaryDirectory } from '../support/pipeline-run.ts';
import { waitFor } from '../support/processes.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { portsIn, venueConfig, writeVenueFile } from '../support/venue-file.ts';

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

test('`proofbook gateway` lets a FIX client trade with a binary one, and ends with the root of its journal', async () => {
  const config = venueConfig(directory.path);
  const command = startCli(['gateway', '--json', '--file', writeVenueFile(directory.path, config)]);
  const ports = await waitFor('both gateways', () => portsIn(command.stderrSoFar()));
  const one = await BinaryClient.connect(ports.binary);
  one.hello(1, keyOf(1));
  one.send(
    encodeCommands([
      {
        kind: 'place',
        side: 'ask',
        timeInForce: 'GTC',
        account: 1,
        clientOrderId: 1n,
        price: 10_050n,
        quantity: 5n,
      },
    ]),
  );
  await waitFor('an event', () => one.events.length === 1);
  const two = await FixClient.connect('hand', ports.fix, 'TWO');
  two.logOn(passwordOf('TWO'));
  two.say('D', [
    [11, 'a'],
    [55, 'TEST'],
    [54, '1'],
    [60, utc(Date.now())],
    [38, '3'],
    [40, '2'],
    [44, '101'],
    [59, '3'],
  ]);
  await waitFor('a fill for both', () => one.events.length === 2 && two.last('8', 39) === '2');
  expect(one.events[1]).toMatchObject({ number: 0, transition: { type: 'filled', quantity: 3n } });
  expect(two.last('8', 31)).toBe('100.50');

  process.kill(command.pid, 'SIGTERM');
  await waitFor('the Logout', () => two.last('5', 58) === 'the venue closes');
  two.say('5', []);
  const { exitCode, stdout } = await command.finished;
  expect(exitCode).toBe(0);
  const { engine } = replayJournal(config.journalPath, 'circuit');
  expect(JSON.parse(stdout)).toEqual({ stopped: true, reason: 'SIGTERM', root: sealedRoot(engine) });
});

test('`proofbook gateway` says what is wrong with its file, and which address it cannot have', async () => {
  const config = venueConfig(directory.path);
  const run = (changed: unknown) =>
    runCli(['gateway', '--file', writeVenueFile(directory.path, changed)]).then(({ exitCode, stderr }) => ({
      exitCode,
      stderr,
    }));
  const wrong = await run({ ...config, fix: { ...config.fix, port: 70_000 } });
  expect(wrong.exitCode).toBe(3);
  expect(wrong.stderr).toMatch(/fix\.port is 70000: must be <= 65535.*GATEWAY_CONFIG_MALFORMED/s);
  expect((await run('{')).stderr).toMatch(/file is "\{": is not JSON/);
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const refused = await run({ ...config, fix: { ...config.fix, port } });
  expect(refused.exitCode).toBe(8);
  expect(refused.stderr).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}.*EADDRINUSE.*GATEWAY_UNAVAILABLE`, 's'));
  taken.close();
});
