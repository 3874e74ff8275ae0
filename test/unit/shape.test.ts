import { Type } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import { requireShape } from '../../prover/sdk/shape.ts';

const Shape = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 3 }),
    digest: Type.Optional(Type.String({ pattern: '^[0-9a-f]{4}$' })),
    kind: Type.Optional(Type.Union([Type.Literal('app'), Type.Literal('stark')])),
    version: Type.Optional(Type.Literal(1)),
    count: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
    durationMs: Type.Optional(Type.Number({ minimum: 0, maximum: 9 })),
    batchCount: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()])),
    segments: Type.Optional(Type.Array(Type.Object({ cells: Type.Integer() }))),
    parameters: Type.Optional(Type.Record(Type.String(), Type.Integer())),
  },
  { additionalProperties: false },
);

function faultOf(value: unknown): string {
  try {
    requireShape(Shape, value, (fault) => new Error(`${fault.path} is ${fault.value}: ${fault.reason}`));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'none';
}

describe('a shape', () => {
  test('lets through what fits, and gives back the value itself', () => {
    const value = {
      name: 'ab',
      kind: 'stark',
      batchCount: null,
      segments: [{ cells: 1 }],
      parameters: { a: 1 },
    };
    expect(requireShape(Shape, value, () => new Error('refused'))).toBe(value);
  });

  test.each<[string, Record<string, unknown>]>([
    ['name is absent: must be there', { name: undefined }],
    ['name is 7: must be string', { name: 7 }],
    ['name is "": must not have fewer than 1 characters', { name: '' }],
    ['name is "abcd": must not have more than 3 characters', { name: 'abcd' }],
    ['digest is "ABCD": must match pattern "^[0-9a-f]{4}$"', { digest: 'ABCD' }],
    ['kind is "fake": must be "app" or "stark"', { kind: 'fake' }],
    ['version is "1": must be 1', { version: '1' }],
    ['count is 0.5: must be integer', { count: 0.5 }],
    ['count is -1: must be >= 0', { count: -1 }],
    ['count is 10: must be <= 9', { count: 10 }],
    ['durationMs is null: must be number', { durationMs: null }],
    ['durationMs is -0.5: must be >= 0', { durationMs: -0.5 }],
    ['durationMs is 9.5: must be <= 9', { durationMs: 9.5 }],
    ['batchCount is 0: must be >= 1 or null', { batchCount: 0 }],
    ['batchCount is "many": must be integer or null', { batchCount: 'many' }],
    ['segments is an object of 0: must be array', { segments: {} }],
    ['segments.1.cells is absent: must be there', { segments: [{ cells: 1 }, {}] }],
    ['parameters is an array of 1: must be object', { parameters: [1] }],
    ['parameters.a/b~c is true: must be integer', { parameters: { 'a/b~c': true } }],
    ['note is an object of 2: must not be there', { note: { a: 1, b: 2 } }],
    ['hasOwnProperty is 1: must not be there', { hasOwnProperty: 1 }],
  ])('says "%s"', (message, change) => {
    const whole = { name: 'ab', ...change };
    expect(faultOf(whole)).toBe(message);
  });

  test.each<[string, unknown]>([
    [' is null: must be object', null],
    [' is "text": must be object', 'text'],
    [' is an array of 2: must be object', [1, 2]],
    ['name is absent: must be there', {}],
    ['__proto__ is an object of 0: must not be there', JSON.parse('{"name":"ab","__proto__":{}}')],
  ])('says of a whole value "%s"', (message, value) => {
    expect(faultOf(value)).toBe(message);
  });
});
