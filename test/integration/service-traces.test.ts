import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_TRACES } from '../../queue/traces/batch-tracer.ts';
import { openTracer } from '../../queue/traces/open-tracer.ts';
import { attributeOf, type CollectedSpan, OtlpCollector } from '../support/otlp-collector.ts';
import { packedOrders, RunningService } from '../support/running-service.ts';

const ARGS = ['--no-auth', '--kind', 'fake', '--allow-fake', '--workers', '1'];
const BATCHES = 2;
const ERROR = 2;

/** Runs a service until its batches are proven, and stops it: what it had not sent, it sends then. */
async function proveBatches(environment: NodeJS.ProcessEnv): Promise<number | null> {
  const service = await RunningService.start({ args: ARGS, environment });
  try {
    for (let batch = 0; batch < BATCHES; batch++) {
      const accepted = await service.post('/v1/markets/1/batches', packedOrders(1 + batch * 10, 5));
      expect(accepted.status).toBe(202);
    }
    const isProven = ({ highestProvenBatch }: { highestProvenBatch: string }) =>
      highestProvenBatch === String(BATCHES);
    await service.until('/v1/markets/1', isProven);
    return await service.stop();
  } finally {
    await service.stop('SIGKILL');
    service.remove();
  }
}

describe('traces', () => {
  let collector: OtlpCollector;
  beforeAll(async () => {
    collector = await OtlpCollector.start();
    // The first proof of every batch is refused.
    const faults = { PROOFBOOK_FAKE_FAULTS: 'wrong-seal:1', PROOFBOOK_FAKE_FAULTY_PROOFS: '1' };
    await proveBatches({ ...faults, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  }, 90_000);
  afterAll(() => collector.stop());

  const ofBatch = (batchNumber: number): readonly CollectedSpan[] =>
    collector.spans.filter((span) => attributeOf(span, 'proofbook.batch_number') === String(batchNumber));

  test.each([1, 2])('batch %i is one trace from intake to verified proof, over both processes', (batch) => {
    const spans = ofBatch(batch);
    expect(spans.map(({ service, name }) => `${service} ${name}`).toSorted()).toEqual([
      'proofbook-api batch',
      'proofbook-api intake',
      'proofbook-api seal',
      'proofbook-worker execute',
      'proofbook-worker execute',
      'proofbook-worker prove',
      'proofbook-worker prove',
      'proofbook-worker verify',
    ]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const root = spans.find(({ name }) => name === 'batch');
    expect(root?.parentSpanId ?? '').toBe('');
    const parents = spans.filter((span) => span !== root).map(({ parentSpanId }) => parentSpanId);
    expect(new Set(parents)).toEqual(new Set([root?.spanId]));
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  });

  test('the stages of a batch come in their order, and a refused proof is an error', () => {
    const starts = (name: string) =>
      ofBatch(1)
        .filter((span) => span.name === name)
        .map(({ startTimeUnixNano }) => BigInt(startTimeUnixNano))
        .toSorted((a, b) => Number(a - b));
    const [intake, seal, execute, verify] = ['intake', 'seal', 'execute', 'verify'].map(
      (name) => starts(name)[0] ?? 0n,
    );
    const proves = starts('prove');
    const order = [intake, seal, execute, proves[0], proves[1], verify].map((start) => start ?? 0n);
    expect(order).toEqual(order.toSorted((a, b) => Number(a - b)));
    expect(order[0]).toBeGreaterThan(0n);
    const failed = ofBatch(1).filter(({ status }) => status.code === ERROR);
    expect(failed.map(({ name }) => name)).toEqual(['prove']);
  });

  test('two batches are two traces', () => {
    expect(ofBatch(1)[0]?.traceId).not.toBe(ofBatch(2)[0]?.traceId);
  });
});

test('a collector that is away costs nothing', async () => {
  const collector = await OtlpCollector.start();
  const { url } = collector;
  await collector.stop();
  expect(await proveBatches({ OTEL_EXPORTER_OTLP_ENDPOINT: url })).toBe(0);
}, 90_000);

test('there are none unless they are asked for', async () => {
  expect(await openTracer({}, 'nobody')).toBe(NO_TRACES);
  expect(await openTracer({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, 'nobody')).toBe(NO_TRACES);
  const disabled = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' };
  expect(await openTracer(disabled, 'nobody')).toBe(NO_TRACES);
});
