import { describe, expect, test } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../queue/runtime/readers/epoch-snapshots.ts';
import { createSnapshots } from '../../../queue/runtime/readers/snapshot-memory.ts';
import { expectRefusal } from '../../support/expect-refusal.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

describe('snapshots by epoch', () => {
  test('a reader keeps what it pinned, whatever is published meanwhile', () => {
    const memory = createSnapshots({ bytesMax: 100, buffers: 3, readers: 1 });
    const writer = new SnapshotWriter(memory);
    const reader = new SnapshotReader(memory, 0);
    expect(reader.pin()).toBeUndefined();
    writer.publish(bytes(1));
    const pinned = reader.pin();
    for (let value = 2; value < 10; value++) expect(writer.publish(bytes(value, value))).toBe(true);
    expect(pinned).toEqual(bytes(1));
    reader.unpin();
    expect(reader.pin()).toEqual(bytes(9, 9));
  });

  test('a stalled reader is reported, and the writer leaves snapshots out rather than wait', () => {
    const memory = createSnapshots({ bytesMax: 100, buffers: 2, readers: 2 });
    const writer = new SnapshotWriter(memory);
    const [stalled, other] = [new SnapshotReader(memory, 0), new SnapshotReader(memory, 1)];
    writer.publish(bytes(1));
    stalled.pin();
    expect(writer.publish(bytes(2))).toBe(true);
    expect(writer.publish(bytes(3))).toBe(false);
    expect(writer.skipped()).toBe(1);
    expect(other.pin()).toEqual(bytes(2));
    expect(writer.stalled(0)).toEqual([{ reader: 0, pinnedEpoch: 1, behind: 1 }]);
    expect(writer.stalled(1)).toEqual([]);
    stalled.unpin();
    expect(writer.publish(bytes(3))).toBe(true);
    expect(writer.stalled(0)).toEqual([{ reader: 1, pinnedEpoch: 2, behind: 1 }]);
  });

  test('refuses shapes, readers and lengths that cannot be', () => {
    const shape = { bytesMax: 4, buffers: 2, readers: 1 };
    for (const field of ['bytesMax', 'buffers', 'readers'] as const) {
      expectRefusal(() => createSnapshots({ ...shape, [field]: 0 }), 'INVALID_FIELD', { field, value: 0 });
    }
    const memory = createSnapshots(shape);
    expectRefusal(() => new SnapshotReader(memory, 1), 'INVALID_FIELD', { field: 'reader', value: 1 });
    expectRefusal(() => new SnapshotWriter(memory).publish(bytes(1, 2, 3, 4, 5)), 'INVALID_LENGTH', {
      value: 5,
    });
  });
});
