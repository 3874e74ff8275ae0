import wabt from 'wabt';

/** One operation of the test module: its operands come from the input, its result is revealed. */
export interface Operation {
  readonly name: string;
  /** WAT of type i64 over the operands $a $b (i32) and $c $d (i64). */
  readonly result: string;
}

export const MEMORY_BYTES = 2 * 65536;
const INPUT = 1024;
const OUTPUT = 512;

const unary = (type: string, operand: string) =>
  ['clz', 'ctz', 'popcnt'].map((operation) => `${type}.${operation} (local.get ${operand})`);
const binary = (type: string, left: string, right: string) =>
  ['add', 'sub', 'mul', 'div_u', 'rem_u', 'and', 'or', 'xor', 'shl', 'shr_s', 'shr_u', 'rotl', 'rotr'].map(
    (operation) => `${type}.${operation} (local.get ${left}) (local.get ${right})`,
  );
const comparisons = (type: string, left: string, right: string) =>
  ['eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u'].map(
    (operation) => `${type}.${operation} (local.get ${left}) (local.get ${right})`,
  );
const loads = (offset: number) => ({
  i32: ['load', 'load8_s', 'load8_u', 'load16_s', 'load16_u'].map(
    (kind) => `i32.${kind} offset=${offset} (local.get $a)`,
  ),
  i64: ['load', 'load8_s', 'load8_u', 'load16_s', 'load16_u', 'load32_s', 'load32_u'].map(
    (kind) => `i64.${kind} offset=${offset} (local.get $a)`,
  ),
});
const stores = [
  ...['i32.store', 'i32.store8', 'i32.store16'].map((kind) => [kind, '$b'] as const),
  ...['i64.store', 'i64.store8', 'i64.store16', 'i64.store32'].map((kind) => [kind, '$c'] as const),
];

const i32Results = [
  ...unary('i32', '$a'),
  'i32.eqz (local.get $a)',
  'i32.extend8_s (local.get $a)',
  'i32.extend16_s (local.get $a)',
  'i32.wrap_i64 (local.get $c)',
  'i64.eqz (local.get $c)',
  ...binary('i32', '$a', '$b'),
  ...comparisons('i32', '$a', '$b'),
  ...comparisons('i64', '$c', '$d'),
  ...loads(0).i32,
  ...loads(5000).i32,
].map((result) => ({ name: result, result: `(i64.extend_i32_u (${result}))` }));

const i64Results = [
  ...unary('i64', '$c'),
  'i64.extend_i32_s (local.get $a)',
  'i64.extend32_s (local.get $c)',
  'select (local.get $c) (local.get $d) (local.get $a)',
  ...binary('i64', '$c', '$d'),
  ...loads(24).i64,
  ...loads(5000).i64,
].map((result) => ({ name: result, result: `(${result})` }));

const effects = [
  ...stores.map(([kind, value]) => `${kind} offset=16 (local.get $a) (local.get ${value})`),
  'memory.copy (local.get $a) (local.get $b) (i32.wrap_i64 (local.get $c))',
  'memory.copy (local.get $a) (local.get $b) (i32.const 32)',
  'memory.fill (local.get $a) (local.get $b) (i32.wrap_i64 (local.get $c))',
  'unreachable',
].map((effect) => ({
  name: effect,
  // What the effect left in the first bytes of the output is revealed with the result.
  result: `(block (result i64) (${effect}) (i64.const 1))`,
}));

/** Operations whose operands are any numbers. */
export const PURE_OPERATIONS: readonly Operation[] = [...i32Results, ...i64Results].filter(
  ({ name }) => !name.includes('load'),
);
/** Operations whose operand $a is an address, $b sometimes too. */
export const MEMORY_OPERATIONS: readonly Operation[] = [
  ...[...i32Results, ...i64Results].filter(({ name }) => name.includes('load')),
  ...effects,
];

/** A compression of the 64 bytes at $b under the value at $a, to $c: in the guest the zkVM's instruction does it. */
export const COMPRESSION: Operation = {
  name: 'compress',
  result: `(block (result i64)
    (call $compress (local.get $a) (local.get $b) (i32.const 64) (i32.const 11) (i32.wrap_i64 (local.get $c)))
    (i64.const 1))`,
};

const OPERATIONS = [...PURE_OPERATIONS, ...MEMORY_OPERATIONS, COMPRESSION];

/** Where the 24 bytes lie that an operation may change and that are revealed beside its result. */
export const CHANGED_AT = OUTPUT + 8;

/**
 * A module with the guest's exports. Its input is the number of an operation and the operands; it answers 0 and reveals the result
 * and the 24 bytes at {@link CHANGED_AT}, which begin as the rest of the input.
 */
export async function operationsModule(): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const cases = OPERATIONS.map(
    ({ result }, index) =>
      `(if (i32.eq (i32.load (i32.const ${INPUT})) (i32.const ${index}))
        (then (local.set $r ${result}) (i64.store (i32.const ${OUTPUT}) (local.get $r)) (return (i32.const 0))))`,
  );
  const text = `(module (memory (export "memory") 2 2)
    (data (i32.const 600) "a data segment")
    ;; Touches what a compression touches, so that it traps where one does; the guest has another in its place.
    (func $compress (export "compress") (param $value i32) (param $block i32) (param i32 i32) (param $out i32)
      (drop (i32.load offset=28 (local.get $value)))
      (drop (i32.load offset=60 (local.get $block)))
      (i32.store offset=28 (local.get $out) (i32.const 0)))
    (func (export "inputPointer") (result i32) i32.const ${INPUT})
    (func (export "inputCapacity") (result i32) i32.const 4096)
    (func (export "journalDigestPointer") (result i32) i32.const ${OUTPUT})
    (func (export "proveBatch") (param i32) (result i32)
      (local $a i32) (local $b i32) (local $c i64) (local $d i64) (local $r i64)
      (local.set $a (i32.load (i32.const ${INPUT + 4})))
      (local.set $b (i32.load (i32.const ${INPUT + 8})))
      (local.set $c (i64.load (i32.const ${INPUT + 16})))
      (local.set $d (i64.load (i32.const ${INPUT + 24})))
      (memory.copy (i32.const ${CHANGED_AT}) (i32.const ${INPUT + 32}) (i32.const 64))
      ${cases.join('\n')}
      (i32.const 1)))`;
  return parseWat('operations.wat', text).toBinary({}).buffer;
}

/** The input for one operation. `bytes` (64) is what CHANGED_AT begins with. */
export function operationInput(
  operation: Operation,
  operands: { readonly a: number; readonly b: number; readonly c: bigint; readonly d: bigint },
  bytes: Uint8Array,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(96));
  view.setUint32(0, OPERATIONS.indexOf(operation), true);
  view.setUint32(4, operands.a, true);
  view.setUint32(8, operands.b, true);
  view.setBigUint64(16, operands.c, true);
  view.setBigUint64(24, operands.d, true);
  new Uint8Array(view.buffer).set(bytes, 32);
  return new Uint8Array(view.buffer);
}
