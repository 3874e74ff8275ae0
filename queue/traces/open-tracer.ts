import { type BatchTracer, NO_TRACES } from './batch-tracer.ts';

/**
 * The tracer that the environment asks for: none, unless OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT names a
 * collector. OpenTelemetry's own packages are loaded only then.
 *
 * @param serviceName of this process, unless OTEL_SERVICE_NAME says otherwise
 */
export async function openTracer(environment: NodeJS.ProcessEnv, serviceName: string): Promise<BatchTracer> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_SDK_DISABLED } = environment;
  const isAsked = Boolean(OTEL_EXPORTER_OTLP_ENDPOINT) || Boolean(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
  if (!isAsked || OTEL_SDK_DISABLED === 'true') return NO_TRACES;
  const { OtlpTracer } = await import('./otlp-tracer.ts');
  return new OtlpTracer(environment.OTEL_SERVICE_NAME || serviceName);
}
