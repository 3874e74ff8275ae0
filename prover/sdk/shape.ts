import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** The first place where a value has not the shape it must have. */
export interface ShapeFault {
  /** Path inside the value, dots between names; empty for the value itself. */
  readonly path: string;
  readonly value: string;
  readonly reason: string;
}

/** Says where `value` differs from the schema first; undefined when it fits. */
function faultOfShape(schema: TSchema, value: unknown): ShapeFault | undefined {
  if (Value.Check(schema, value)) return undefined;
  const errors = Value.Errors(schema, value);
  const first = errors[0];
  const names = (first?.instancePath ?? '').split('/').slice(1);
  // A missing member is reported at its owner: the path should name the member itself.
  if (first?.keyword === 'required') names.push(first.params.requiredProperties[0] ?? '');
  const found = names.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);
  return { path: names.join('.'), value: brief(found), reason: reasonOf(errors) };
}

/** The first error in words for a person; of a choice of constants all are named. */
function reasonOf(errors: ReturnType<typeof Value.Errors>): string {
  const first = errors[0];
  if (first?.keyword === 'required') return 'must be there';
  if (first?.keyword === 'boolean') return 'must not be there';
  if (first?.keyword !== 'const') return first?.message ?? 'has another shape';
  const allowed = errors.flatMap((error) =>
    error.keyword === 'const' && error.instancePath === first.instancePath ? [error.params.allowedValue] : [],
  );
  return `must be ${allowed.map((constant) => JSON.stringify(constant)).join(' or ')}`;
}

/** Short on purpose: what came from outside may be huge, or nested deeper than the stack. */
function brief(value: unknown): string {
  if (value === undefined) return 'absent';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (isRecord(value)) return `an object of ${Object.keys(value).length}`;
  return JSON.stringify(value) ?? typeof value;
}

/** The value as the schema's type; `onFault` turns the first difference into the error to throw. */
export function requireShape<S extends TSchema>(
  schema: S,
  value: unknown,
  onFault: (fault: ShapeFault) => Error,
): Static<S> {
  const fault = faultOfShape(schema, value);
  if (fault !== undefined) throw onFault(fault);
  return value as Static<S>;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
