import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, passwordOf } from './gateway-run.ts';

const sha256 = (key: Uint8Array | string) => createHash('sha256').update(key).digest('hex');

/** What `proofbook gateway` is given by a test: both gateways on free ports, accounts 1 and 2, the CompIDs ONE and TWO. */
export function venueConfig(directory: string) {
  return {
    market: {
      marketId: '1',
      tickSize: '1',
      lotSize: '1',
      priceDecimals: 2,
      quantityDecimals: 0,
      operatorAccount: 0,
    },
    geometry: 'circuit',
    policy: 'park',
    standby: true,
    journalPath: join(directory, 'journal'),
    telemetryPath: join(directory, 'telemetry'),
    keys: [
      { account: 1, sha256: sha256(keyOf(1)) },
      { account: 2, sha256: sha256(passwordOf('TWO')) },
    ],
    binary: { host: '127.0.0.1', port: 0, sessionsMax: 32 },
    fix: {
      host: '127.0.0.1',
      port: 0,
      connectionsMax: 8,
      compId: 'VENUE',
      symbol: 'TEST',
      clients: [{ compId: 'TWO', account: 2, selfTradeMode: 'none' }],
    },
  };
}

/** Writes a gateway file and returns its path. */
export function writeVenueFile(directory: string, config: unknown): string {
  const path = join(directory, 'venue.json');
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  return path;
}

/** The ports that the command says it listens on; undefined until both are there. */
export function portsIn(text: string): { readonly binary: number; readonly fix: number } | undefined {
  const [binary, fix] = ['binary', 'fix'].map((name) =>
    Number(new RegExp(`^${name}: listening on port (\\d+)$`, 'm').exec(text)?.[1]),
  );
  return binary && fix ? { binary, fix } : undefined;
}
