import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TelemetryBlock } from '../../../queue/runtime/telemetry/telemetry-block.ts';
import { readTelemetryFile, TelemetryFileWriter } from '../../../queue/runtime/telemetry/telemetry-file.ts';
import {
  COUNTERS,
  counterOffset,
  HEADER,
  HISTOGRAM_DOUBLES,
  HISTOGRAMS,
  histogramOffset,
  TELEMETRY_BYTES,
  TRAILER_OFFSET,
} from '../../../queue/runtime/telemetry/telemetry-layout.ts';
import { expectRefusal } from '../../support/expect-refusal.ts';
import { temporaryDirectory } from '../../support/pipeline-run.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'telemetry');
});
afterEach(() => directory.remove());

describe('the telemetry layout', () => {
  test('is what docs/telemetry-layout.md says', () => {
    const text = readFileSync(new URL('../../../docs/telemetry-layout.md', import.meta.url), 'utf8');
    expect(text).toContain(`${TELEMETRY_BYTES} bytes`);
    for (const { name, owner } of COUNTERS)
      expect(text).toContain(`| ${counterOffset(name)} | ${name} | ${owner} |`);
    for (const { name, owner } of HISTOGRAMS)
      expect(text).toContain(`| ${histogramOffset(name)} | ${name} | ${owner} |`);
    expect(text).toContain(`| ${TRAILER_OFFSET} | generation`);
  });

  test("keeps threads off each other's cache lines, and everything apart", () => {
    const lines = new Map<number, string>();
    for (const { name, owner } of COUNTERS) {
      const line = Math.floor(counterOffset(name) / 64);
      expect(lines.get(line) ?? owner).toBe(owner);
      lines.set(line, owner);
    }
    const ends = HISTOGRAMS.map(({ name }) => histogramOffset(name) + HISTOGRAM_DOUBLES * 8);
    HISTOGRAMS.forEach(({ name }, index) => {
      expect(histogramOffset(name)).toBeGreaterThanOrEqual(
        ends[index - 1] ?? Math.max(...COUNTERS.map((c) => counterOffset(c.name) + 8)),
      );
    });
    expect(TRAILER_OFFSET).toBeGreaterThanOrEqual(ends.at(-1) ?? 0);
  });
});

describe('a telemetry file', () => {
  test('gives another reader the counters and histograms that threads wrote', () => {
    const block = TelemetryBlock.create();
    const writer = new TelemetryFileWriter(path, block);
    TelemetryBlock.attach(block.sharedBuffer()).counter('orders_total').add(41);
    block.counter('orders_total').add(1);
    block.histogram('matching_ns').record(700);
    writer.write();
    block.counter('trades_total').set(7);
    writer.write();
    writer.close();
    const read = readTelemetryFile(path);
    expect(read.counter('orders_total').value).toBe(42);
    expect(read.counter('trades_total').value).toBe(7);
    expect(read.histogram('matching_ns').count).toBe(1);
    expect(read.header('processId')).toBe(process.pid);
    expect(read.header('generation')).toBe(2);
  });

  test('is refused when it is absent, short, another thing, or met half-written', () => {
    expectRefusal(() => readTelemetryFile(path), 'FILE_UNREADABLE', { path });
    writeFileSync(path, new Uint8Array(100));
    expectRefusal(() => readTelemetryFile(path), 'INVALID_FIELD', { field: 'telemetry length', value: 100 });
    writeFileSync(path, new Uint8Array(TELEMETRY_BYTES));
    expectRefusal(() => readTelemetryFile(path), 'INVALID_FIELD', { field: 'telemetry magic' });
    const block = TelemetryBlock.create();
    block.stamp(3);
    new DataView(block.bytes.buffer).setFloat64(HEADER.generation, 4, true);
    writeFileSync(path, block.bytes);
    expectRefusal(() => readTelemetryFile(path), 'FILE_UNREADABLE', { path });
  });
});
