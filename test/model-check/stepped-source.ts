import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { distanceTo, sequenceAfter } from '../../queue/runtime/rings/sequence.ts';

// The shipped source of the rings, made to stop before each access to shared memory: every method that makes one becomes a generator that
// yields what it is about to do. So the checker explores the very code that runs, and no second version of it can drift.

const FILES = [
  'ring-layout.ts',
  'slowest-consumer.ts',
  'event-count.ts',
  'sequence-barrier.ts',
  'spsc-ring.ts',
  'mpsc-ring.ts',
  'ring-consumer.ts',
  'wait-strategy.ts',
] as const;
const DIRECTORY = new URL('../../queue/runtime/rings/', import.meta.url);

/** A change of the source, to see that the checker finds what it breaks. */
export interface SourceFault {
  readonly file: (typeof FILES)[number];
  readonly find: string;
  readonly put: string;
}

/** One access to shared memory; `result` goes back into the code. */
export interface Access {
  readonly kind: 'load' | 'store' | 'compareExchange' | 'add' | 'sub' | 'notify' | 'wait' | 'pause';
  readonly word: number;
  readonly values: readonly number[];
}

export type Steps<T> = Generator<Access, T, number>;

/** An object of the stepped source: its methods are generators, its private fields public, with a `$` before their names. */
export interface SteppedObject {
  readonly [method: string]: (...args: readonly unknown[]) => Steps<unknown>;
}

/** What the stepped source exports. */
export interface SteppedRings {
  readonly SpscProducer: new (memory: object) => SteppedObject;
  readonly MpscProducer: new (memory: object) => SteppedObject;
  readonly RingConsumer: new (
    memory: object,
    consumer?: number,
    upstream?: readonly number[],
  ) => SteppedObject;
  readonly park: (subject: SteppedObject, timeoutMs: number) => Steps<void>;
}

/** @param fault a change that must be found in the source */
export function steppedRings(fault?: SourceFault): SteppedRings {
  const text = FILES.map((file) => sourceOf(file, fault)).join('\n');
  const make = new Function(
    'atomics',
    'sequenceAfter',
    'distanceTo',
    `${stepped(text)}\nreturn { SpscProducer, MpscProducer, RingConsumer, park };`,
  );
  return make(ACCESSES, sequenceAfter, distanceTo) as SteppedRings;
}

function sourceOf(file: (typeof FILES)[number], fault: SourceFault | undefined): string {
  const source = readFileSync(new URL(file, DIRECTORY), 'utf8');
  if (fault?.file !== file) return stripTypeScriptTypes(source);
  if (source.split(fault.find).length !== 2) throw new Error(`${file} does not have once: ${fault.find}`);
  return stripTypeScriptTypes(source.replace(fault.find, fault.put));
}

function stepped(text: string): string {
  let code = text
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .replaceAll(/^import[\s\S]*?;$/gm, '')
    .replaceAll(/^export /gm, '')
    .replaceAll('this.#', 'this.$')
    .replaceAll(/^( {2})#/gm, '$1$$');
  // Constructors read memory before anybody runs: they are no steps.
  code = code.replaceAll(/^ {2}constructor\([\s\S]*?^ {2}\}$/gm, (body) =>
    body.replaceAll('Atomics.load(', 'peek('),
  );
  code = code.replaceAll('slowestConsumer(memory.words', 'peekSlowest(memory.words');
  code = code.replaceAll(/this\.words\[(.*)\] = (.*);$/gm, 'Atomics.store(this.words, $1, $2);');
  const names = steppingNames(code);
  for (const name of names) {
    const escaped = name.replace('$', '\\$');
    code = code.replaceAll(new RegExp(`^( {2})(${escaped}\\()`, 'gm'), '$1*$2');
    code = code.replaceAll(new RegExp(`^function ${escaped}\\(`, 'gm'), `function* ${name}(`);
    code = wrapCalls(code, new RegExp(`(?:[\\w$]+\\.)+${escaped}\\(|(?<![\\w$.])${escaped}\\(`, 'g'));
  }
  code = wrapCalls(code, /Atomics\.\w+\(/g).replaceAll('Atomics.', 'atomics.');
  return `function peek(words, word) { return words[word]; }
function peekSlowest(words) { return words[consumerWord(0)]; }
${code}`;
}

/** Methods and functions that access shared memory, themselves or by what they call. */
function steppingNames(code: string): readonly string[] {
  const bodies = new Map<string, string>();
  for (const [body, name] of code.matchAll(/^ {2}([$\w]+)\([^)]*\)\s*\{\n[\s\S]*?^ {2}\}$/gm))
    bodies.set(name ?? '', (bodies.get(name ?? '') ?? '') + body);
  for (const [body, name] of code.matchAll(/^function (\w+)\([^)]*\)\s*\{\n[\s\S]*?^\}$/gm))
    bodies.set(name ?? '', body);
  bodies.delete('constructor');
  const names = new Set<string>();
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const [name, body] of bodies) {
      const inner = body.slice(body.indexOf('{'));
      const callsOne = [...names].some(
        (other) => inner.includes(`.${other}(`) || inner.includes(` ${other}(`),
      );
      if (inner.includes('Atomics.') || callsOne) names.add(name);
    }
  }
  return [...names];
}

/** Puts `(yield* ...)` around every call whose head matches. */
function wrapCalls(code: string, head: RegExp): string {
  let out = '';
  let at = 0;
  for (const match of code.matchAll(head)) {
    const lineStart = code.lastIndexOf('\n', match.index) + 1;
    if (/^(function\*?| {2}\*)/.test(code.slice(lineStart)) || match.index < at) continue;
    let end = match.index + match[0].length;
    for (let depth = 1; depth > 0; end++) depth += code[end] === '(' ? 1 : code[end] === ')' ? -1 : 0;
    const inner = code.slice(match.index, end);
    out += `${code.slice(at, match.index)}(yield* ${match[0]}${wrapCalls(inner.slice(match[0].length, -1), head)}))`;
    at = end;
  }
  return out + code.slice(at);
}

function* access(kind: Access['kind'], word: number, ...values: readonly number[]): Steps<number> {
  return yield { kind, word, values };
}

/** In the place of `Atomics`: says what is to be done, and lets the checker do it. */
const ACCESSES = {
  load: (_: unknown, word: number) => access('load', word),
  store: (_: unknown, word: number, value: number) => access('store', word, value),
  compareExchange: (_: unknown, word: number, expected: number, value: number) =>
    access('compareExchange', word, expected, value),
  add: (_: unknown, word: number, value: number) => access('add', word, value),
  sub: (_: unknown, word: number, value: number) => access('sub', word, value),
  notify: (_: unknown, word: number) => access('notify', word),
  wait: (_: unknown, word: number, value: number) => access('wait', word, value),
  pause: () => access('pause', 0),
} as const;
