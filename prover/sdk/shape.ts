import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** The first place where a value has not the shape it must have. */
export interface ShapeFault {
  /** Path inside the value, dots between names; empty for the value itself. */
  readonly path: string;
  readonly value: string;
  readonly reason: string;
}

/** Narrows `value` to the schema's type, or says where it differs. */
export function faultOfShape(schema: TSchema, value: unknown): ShapeFault | undefined {
  if (Value.Check(schema, value)) return undefined;
  const first = Value.Errors(schema, value)[0];
  const names = (first?.instancePath ?? '').split('/').slice(1);
  const found = names.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);
  return {
    path: names.join('.'),
    value: JSON.stringify(found) ?? 'absent',
    reason: first?.message ?? 'has another shape',
  };
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
