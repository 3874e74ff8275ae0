import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import wabt from 'wabt';
import { AGGREGATION_GUEST } from '../../guest/compile.ts';
import { inspectEngineModule } from '../../guest/engine-module.ts';
import { guestModule, withoutCompression } from '../../guest/generated-c.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

const { parseWat } = await wabt();

interface Shape {
  readonly imports?: string;
  readonly memory?: string;
  readonly inputPointer?: number;
  readonly inputCapacity?: number;
  readonly journalDigestPointer?: number;
  readonly proveBatch?: string;
}

/** A module with the guest's exports, of the shape given. */
function moduleOf(shape: Shape): Uint8Array {
  const constant = (name: string, value: number) =>
    `(func (export "${name}") (result i32) i32.const ${value})`;
  const text = `(module ${shape.imports ?? ''}
    ${shape.memory ?? '(memory (export "memory") 1 1)'}
    ${constant('inputPointer', shape.inputPointer ?? 1024)}
    ${constant('inputCapacity', shape.inputCapacity ?? 4096)}
    ${constant('journalDigestPointer', shape.journalDigestPointer ?? 64)}
    ${shape.proveBatch ?? '(func (export "proveBatch") (param i32) (result i32) i32.const 0)'})`;
  return parseWat('shape.wat', text).toBinary({}).buffer;
}

describe('the engine module that the guest is made from', () => {
  test('is the committed one', () => {
    const wasm = readFileSync(new URL('../../engine/artifact/circuit.wasm', import.meta.url));
    const { memoryBytes, inputCapacityBytes } = inspectEngineModule(wasm);
    expect(memoryBytes % 65536).toBe(0);
    expect(inputCapacityBytes).toBeLessThan(memoryBytes);
  });

  test('may have its input anywhere before the margin at the end of its memory', () => {
    const inputPointer = 65536 - 4096 - 4096;
    expect(inspectEngineModule(moduleOf({ inputPointer })).memoryBytes).toBe(65536);
    expectRefusal(
      () => inspectEngineModule(moduleOf({ inputPointer: inputPointer + 8 })),
      'GUEST_ENGINE_REFUSED',
      {
        field: 'inputPointer',
        value: inputPointer + 8,
      },
    );
  });

  test.each<[string, string, Shape]>([
    ['imports', 'imports', { imports: '(import "env" "abort" (func))' }],
    ['no memory', 'export memory', { memory: '(memory 1 1)' }],
    ['no proveBatch', 'export proveBatch', { proveBatch: '' }],
    ['an input that is not at a word', 'inputPointer', { inputPointer: 1028 }],
    ['an input buffer of no bytes', 'inputPointer', { inputCapacity: 0 }],
    ['an input buffer of odd length', 'inputPointer', { inputCapacity: 4100 }],
    ['a digest in the margin', 'journalDigestPointer', { journalDigestPointer: 65536 - 4096 }],
  ])('is refused with %s', (_, field, shape) => {
    expectRefusal(() => inspectEngineModule(moduleOf(shape)), 'GUEST_ENGINE_REFUSED', { field });
  });

  test('has the further buffers of the aggregation guest at words, or is refused', () => {
    const wasm = readFileSync(new URL('../../engine/artifact/circuit.wasm', import.meta.url));
    inspectEngineModule(wasm, AGGREGATION_GUEST.buffers);
    const refused = (pointer: string, bytes: number) =>
      expectRefusal(() => inspectEngineModule(wasm, [{ pointer, bytes }]), 'GUEST_ENGINE_REFUSED', {
        field: bytes === 0 ? `export ${pointer}` : pointer,
      });
    refused('nowhere', 0);
    refused('commandsPointer', 12);
    refused('commandsPointer', 1 << 24);
  });

  test('is refused when it is no module at all', () => {
    expectRefusal(() => inspectEngineModule(new Uint8Array(8)), 'GUEST_ENGINE_REFUSED', { field: 'module' });
  });
});

describe('the C that wasm2c writes', () => {
  const prelude = '#define X\n                                  wasm_rt_tailcallee_t* next)\n#endif\n';

  test('loses its prelude, and its accesses get base and offset apart', () => {
    const access = [
      'a = i32_load_default32(&instance->w2c_memory, (u64)(var_i0));',
      'b = i64_load_default32(&instance->w2c_memory, (u64)(var_i0) + 16u);',
      'i32_store8_default32(&instance->w2c_memory, (u64)(var_i1) + 24, var_i2);',
    ].join('\n');
    expect(guestModule(prelude + access)).toBe(
      ['a = i32_load(var_i0, 0u);', 'b = i64_load(var_i0, 16u);', 'i32_store8(var_i1, 24u, var_i2);'].join(
        '\n',
      ),
    );
  });

  test('calls the compression function of the runtime, and keeps its own under another name', () => {
    const parameters = '(w2c_circuit* instance, u32 var_p0, u32 var_p1, u32 var_p2, u32 var_p3, u32 var_p4)';
    const definition = `void w2c_circuit_compress_0${parameters} {\n}\n`;
    const call = '  w2c_circuit_compress_0(instance, var_i0, var_i1, var_i2, var_i3, var_i4);\n';
    expect(withoutCompression(definition + call)).toBe(
      `static __attribute__((unused)) void software_compress${parameters} {\n}\n${call}`,
    );
    for (const text of [call, definition + definition])
      expectRefusal(() => withoutCompression(text), 'GUEST_BUILD_FAILED', { step: 'wasm2c' });
  });

  test.each([
    ['without the end of the prelude', 'int x;'],
    ['with two preludes', prelude + prelude],
    ['with an access of another form', `${prelude}i32_load_default32(&instance->w2c_other, (u64)(var_i0));`],
  ])('is refused %s', (_, text) => {
    expectRefusal(() => guestModule(text), 'GUEST_BUILD_FAILED', { step: 'wasm2c' });
  });
});
