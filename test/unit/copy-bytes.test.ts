import { expect, test } from 'vitest';
import { encodeCommands } from '../../engine/command.ts';
import { copyBytes } from '../../engine/copy-bytes.ts';
import { Engine } from '../../engine/engine.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';

test('a copy of a Buffer does not change with it', () => {
  const buffer = Buffer.from([1, 2, 3, 4]);
  const copy = copyBytes(buffer, 1, 3);
  buffer.fill(9);
  expect([...copy]).toEqual([2, 3]);
});

test('a sealed batch and a decoded journal keep what they were made of, whatever becomes of the Buffer', () => {
  const place = { kind: 'place', side: 'bid', timeInForce: 'GTC', account: 1, clientOrderId: 1n } as const;
  const commands = Buffer.from(encodeCommands([{ ...place, price: 5n, quantity: 5n }]));
  const sealed = Engine.create(DEFAULT_MARKET_CONFIG).applyBatch(commands, 1n);
  const given = Uint8Array.from(commands);
  commands.fill(0);
  expect(Uint8Array.from(sealed.commands)).toEqual(given);

  const bytes = Buffer.from(sealed.journal);
  const { postStateRoot } = decodeJournal(bytes);
  const root = Uint8Array.from(postStateRoot);
  bytes.fill(7);
  expect(Uint8Array.from(postStateRoot)).toEqual(root);
});
