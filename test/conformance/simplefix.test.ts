import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { FixScanner, SCAN } from '../../queue/runtime/gateways/fix/fix-scanner.ts';
import { SIMPLEFIX, skipsSimplefix } from '../oracles/oracle-cache.ts';

const SEED = 44;
const MESSAGES = 500;

/** Makes messages and prints, for each, the bytes and its fields as simplefix's own parser reads them back. */
const SCRIPT = `
import json, random, simplefix
rng = random.Random(${SEED})
for _ in range(${MESSAGES}):
    message = simplefix.FixMessage()
    message.append_pair(8, 'FIX.4.4')
    message.append_pair(35, rng.choice(['D', 'F', 'G', '0', 'AE']))
    for _ in range(rng.randrange(25)):
        tag = rng.choice([11, 38, 44, 49, 54, 55, 56, 58, 5001, 99999])
        message.append_pair(tag, ''.join(chr(rng.randrange(32, 127)) for _ in range(rng.randrange(1, 60))))
    if rng.random() < 0.3:
        message.append_data(95, 96, bytes(rng.choice([1, 61, 65, 255]) for _ in range(rng.randrange(1, 40))))
    encoded = message.encode()
    parser = simplefix.FixParser()
    parser.append_buffer(encoded)
    fields = [[int(tag), value.hex()] for tag, value in parser.get_message().pairs]
    print(json.dumps([encoded.hex(), fields]))
`;

describe.skipIf(skipsSimplefix())('simplefix (skipped where it was not fetched)', () => {
  test.each(['scalar', 'simd'] as const)(`and the %s scanner read the same fields (seed ${SEED})`, (kind) => {
    const lines = execFileSync(SIMPLEFIX.python, ['-c', SCRIPT], { encoding: 'utf8' }).trim().split('\n');
    expect(lines).toHaveLength(MESSAGES);
    const scanner = new FixScanner(kind);
    for (const line of lines) {
      const [hex, expected] = JSON.parse(line) as [string, [number, string][]];
      scanner.compact();
      scanner.filled(scanner.bytes.write(hex, scanner.free, 'hex'));
      expect(scanner.next()).toBe(SCAN.complete);
      const found = Array.from({ length: scanner.fieldCount }, (_, row) => [
        scanner.tagAt(row),
        Buffer.from(scanner.textAt(row), 'latin1').toString('hex'),
      ]);
      expect(found).toEqual(expected);
      expect(scanner.next()).toBe(SCAN.partial);
    }
  });
});
