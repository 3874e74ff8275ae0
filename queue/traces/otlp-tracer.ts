import { randomBytes } from 'node:crypto';
import { ROOT_CONTEXT, type Span, SpanStatusCode, TraceFlags, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type IdGenerator, TracerProvider } from '@opentelemetry/sdk-trace';
import { messageOf } from '../../engine/message-of.ts';
import { withinGrace } from '../within-grace.ts';
import { type BatchTraceIds, batchTraceIds } from './batch-trace-ids.ts';
import type { BatchStage, BatchTracer } from './batch-tracer.ts';

const EXPORT_INTERVAL_MS = 1_000;
const CLOSE_GRACE_MS = 3_000;

/** Sends stages as spans, as OTLP over HTTP in JSON, to the collector that OpenTelemetry's variables name. */
export class OtlpTracer implements BatchTracer {
  readonly #ids = new BatchIds();
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;

  constructor(serviceName: string) {
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName, 'process.pid': process.pid }),
      idGenerator: this.#ids,
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new OTLPTraceExporter(),
          scheduledDelayMillis: EXPORT_INTERVAL_MS,
        }),
      ],
    });
    this.#tracer = this.#provider.getTracer('proofbook');
  }

  note(storeId: string, batchNumber: number | bigint, stage: BatchStage): void {
    const ids = batchTraceIds(storeId, batchNumber);
    const span = stage.name === 'batch' ? this.#startRoot(ids, stage) : this.#startChild(ids, stage);
    span.setAttribute('proofbook.store_id', storeId);
    span.setAttribute('proofbook.batch_number', String(batchNumber));
    if (stage.error !== undefined) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(stage.error) });
    }
    span.end(stage.endMs);
  }

  async close(): Promise<void> {
    // A collector that is away costs spans, and nothing else.
    await withinGrace(this.#provider.shutdown(), CLOSE_GRACE_MS);
  }

  #startRoot(ids: BatchTraceIds, { name, startMs, attributes = {} }: BatchStage): Span {
    return this.#ids.with(ids, () =>
      this.#tracer.startSpan(name, { root: true, startTime: startMs, attributes }, ROOT_CONTEXT),
    );
  }

  #startChild(ids: BatchTraceIds, { name, startMs, attributes = {} }: BatchStage): Span {
    const parent = trace.setSpanContext(ROOT_CONTEXT, {
      ...ids,
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
    });
    return this.#tracer.startSpan(name, { startTime: startMs, attributes }, parent);
  }
}

/** Random ids, but for the span that was given its own. */
class BatchIds implements IdGenerator {
  #given: BatchTraceIds | undefined;

  with<T>(ids: BatchTraceIds, work: () => T): T {
    this.#given = ids;
    try {
      return work();
    } finally {
      this.#given = undefined;
    }
  }

  generateTraceId(): string {
    return this.#given?.traceId ?? randomBytes(16).toString('hex');
  }

  generateSpanId(): string {
    return this.#given?.spanId ?? randomBytes(8).toString('hex');
  }
}
