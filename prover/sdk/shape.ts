import type { Static, TSchema } from '@sinclair/typebox';
// Not `Value`: it comes with 35 modules more, and every `verify` would wait for them.
import { Errors, type ValueError, ValueErrorType } from '@sinclair/typebox/errors';

/** The first place where a value has not the shape it must have. */
export interface ShapeFault {
  /** Path inside the value, dots between names; empty for the value itself. */
  readonly path: string;
  readonly value: string;
  readonly reason: string;
}

/** Says where `value` differs from the schema first; undefined when it fits. */
function faultOfShape(schema: TSchema, value: unknown): ShapeFault | undefined {
  const error = Errors(schema, value).First();
  if (error === undefined) return undefined;
  const names = error.path.split('/').slice(1);
  const path = names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');
  return { path, value: brief(error.value), reason: reasonOf(error) };
}

/** The error in words for a person; of a choice every branch is named. The library's own words start with "Expected". */
function reasonOf({ type, schema, value, errors, message }: ValueError): string {
  if (value === undefined) return 'must be there';
  switch (type) {
    case ValueErrorType.Union: {
      const branches = errors.flatMap((branch) => branch.First() ?? []);
      return `must be ${branches.map((branch) => reasonOf(branch).replace(/^must be /, '')).join(' or ')}`;
    }
    case ValueErrorType.ObjectAdditionalProperties:
      return 'must not be there';
    case ValueErrorType.Literal:
      return `must be ${JSON.stringify(schema.const)}`;
    case ValueErrorType.IntegerMinimum:
    case ValueErrorType.NumberMinimum:
      return `must be >= ${schema.minimum}`;
    case ValueErrorType.IntegerMaximum:
    case ValueErrorType.NumberMaximum:
      return `must be <= ${schema.maximum}`;
    case ValueErrorType.StringMinLength:
      return `must not have fewer than ${schema.minLength} characters`;
    case ValueErrorType.StringMaxLength:
      return `must not have more than ${schema.maxLength} characters`;
    case ValueErrorType.StringPattern:
      return `must match pattern "${schema.pattern}"`;
    default:
      return typeof schema.type === 'string' ? `must be ${schema.type}` : message;
  }
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
