import { expect, test } from 'vitest';
import { ControlBlock } from '../../../queue/runtime/pipeline/control-block.ts';
import { LoadGovernor } from '../../../queue/runtime/pipeline/load-governor.ts';
import { createBoard } from '../../../queue/runtime/readers/book-board.ts';
import { BookBoardWriter } from '../../../queue/runtime/readers/book-board-writer.ts';
import { MpscProducer } from '../../../queue/runtime/rings/mpsc-ring.ts';
import { RingConsumer } from '../../../queue/runtime/rings/ring-consumer.ts';
import { createRing } from '../../../queue/runtime/rings/ring-memory.ts';
import { TelemetryBlock } from '../../../queue/runtime/telemetry/telemetry-block.ts';

test('the engine degrades as its ring fills, says so in the metrics, and takes every step back', () => {
  const ring = createRing({ kind: 'mpsc', capacity: 1024, consumers: 1 });
  const producer = new MpscProducer(ring);
  const consumer = new RingConsumer(ring);
  const control = new ControlBlock();
  const board = new BookBoardWriter(createBoard());
  const block = TelemetryBlock.create();
  const governor = new LoadGovernor(consumer, 1024, control, board, block.counter('degradation_step'));
  const fill = (slots: number) => {
    producer.tryClaim(slots);
    producer.publish();
  };
  const levels = () => [control.level, block.counter('degradation_step').value, board.isDepthWanted];

  expect(governor.wantsToGather(0)).toBe(false);
  expect(levels()).toEqual([0, 0, true]);
  fill(300);
  expect(governor.wantsToGather(1)).toBe(false);
  expect(levels()).toEqual([1, 1, false]);
  fill(300);
  expect(governor.wantsToGather(2)).toBe(false);
  expect(levels()).toEqual([2, 2, false]);

  consumer.release(consumer.poll(500));
  expect(governor.wantsToGather(3)).toBe(true);
  expect(governor.wantsToGather(3.1)).toBe(true);
  expect(governor.wantsToGather(3.25)).toBe(false);
  consumer.release(consumer.poll(100));
  for (let nowMs = 10; nowMs < 700; nowMs += 10) governor.wantsToGather(nowMs);
  expect(levels()).toEqual([0, 0, true]);
});
