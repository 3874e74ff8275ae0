import type { Access, SteppedObject, Steps } from './stepped-source.ts';

/** One operation of a thread, from its beginning to its end; what it returns says where the thread goes on. */
export interface Operation {
  /** Runs on the thread's own object, whose fields are as the operation before left them. */
  readonly run: (object: SteppedObject, log: readonly number[]) => Steps<OperationEnd>;
}

/** `next`: the operation to go on with; `seen`: what a consumer read, for the checks. */
export interface OperationEnd {
  readonly next: number;
  readonly seen?: readonly number[];
}

/** A thread: how its object is made, and its operations. It is done when it goes on with one that is not there. */
export interface ModelThread {
  readonly make: () => SteppedObject;
  readonly operations: readonly Operation[];
  /** What the accesses of its first operation gave before the exploration begins: a thread that slept in the middle of it. */
  readonly results?: readonly number[];
}

/** What is to be explored. */
export interface Model {
  readonly words: Int32Array;
  readonly threads: readonly ModelThread[];
  /** Told what a consumer has read so far; returns what is wrong with it, undefined if nothing. */
  readonly fault: (seen: readonly number[], isFinal: boolean) => string | undefined;
}

/** What an exploration found. */
export interface Exploration {
  readonly states: number;
  readonly finalStates: number;
  /** The first fault, undefined when no interleaving has one. */
  readonly fault: string | undefined;
}

interface ThreadState {
  readonly operation: number;
  /** The object's own numbers when the operation began: all that it remembers. */
  readonly fields: Readonly<Record<string, number>>;
  /** What the accesses of the operation gave so far: with the fields, where the thread stands. */
  readonly results: readonly number[];
  /** How many of the results there were when the operation last won a compare-and-swap: a pause looks again from there on. */
  readonly won: number;
}

interface State {
  readonly words: Int32Array;
  readonly threads: readonly ThreadState[];
  readonly seen: readonly number[];
}

const STATES_MAX = 400_000;

/**
 * Explores every interleaving of the threads, one access to shared memory at a time (sequentially consistent, as JavaScript's atomics are),
 * each state once. A fault is what `fault` says, or a state from which no order of steps ends all threads: something was lost.
 */
export function explore(model: Model): Exploration {
  const first: State = {
    words: model.words,
    threads: model.threads.map(({ make, results = [] }) => ({
      operation: 0,
      fields: fieldsOf(make()),
      results,
      won: 0,
    })),
    seen: [],
  };
  const numbers = new Map<string, number>([[keyOf(first), 0]]);
  const before: number[][] = [[]];
  const finals: number[] = [];
  const queue: State[] = [first];
  for (let number = 0; queue.length > number; number++) {
    const state = queue[number] as State;
    // What was explored is needed by its number only.
    queue[number] = first;
    const isFinal = state.threads.every(
      ({ operation }, index) => model.threads[index]?.operations[operation] === undefined,
    );
    if (isFinal) finals.push(number);
    const fault = model.fault(state.seen, isFinal);
    if (fault !== undefined) return { states: numbers.size, finalStates: finals.length, fault };
    for (let thread = 0; thread < state.threads.length; thread++) {
      const after = step(model, state, thread);
      if (after === undefined) continue;
      const key = keyOf(after);
      let known = numbers.get(key);
      if (known === undefined) {
        known = numbers.size;
        numbers.set(key, known);
        before.push([]);
        queue.push(after);
      }
      before[known]?.push(number);
    }
    if (numbers.size > STATES_MAX) throw new Error(`more than ${STATES_MAX} states`);
  }
  const isStuck = ending(before, finals).includes(0);
  return {
    states: numbers.size,
    finalStates: finals.length,
    fault: isStuck ? 'some order of steps never ends' : undefined,
  };
}

/** For every state 1 if some order of steps from it ends, else 0. */
function ending(before: readonly (readonly number[])[], finals: readonly number[]): Uint8Array {
  const ends = new Uint8Array(before.length);
  const left = [...finals];
  for (const number of finals) ends[number] = 1;
  for (let number = left.pop(); number !== undefined; number = left.pop()) {
    for (const earlier of before[number] ?? []) {
      if (ends[earlier] === 1) continue;
      ends[earlier] = 1;
      left.push(earlier);
    }
  }
  return ends;
}

/** The state after the next access of a thread; undefined when it is done or asleep. */
function step(model: Model, state: State, index: number): State | undefined {
  const thread = state.threads[index] as ThreadState;
  const { make, operations } = model.threads[index] as ModelThread;
  const operation = operations[thread.operation];
  if (operation === undefined) return undefined;
  const object = make();
  Object.assign(object, thread.fields);
  const steps = operation.run(object, state.seen);
  const standing = advance(steps, thread.results);
  // A claim that a remembered look allows accesses nothing.
  if (standing.done === true) return ended(state, index, state.words, object, standing.value);
  const words = state.words.slice();
  const access = standing.value;
  if (access.kind === 'wait' && words[access.word] === access.values[0]) return undefined;
  if (access.kind === 'pause') {
    return withThread(state, index, words, { ...thread, results: thread.results.slice(0, thread.won) });
  }
  const result = perform(words, access);
  const following = steps.next(result);
  if (following.done === true) return ended(state, index, words, object, following.value);
  const results = [...thread.results, result];
  const isWon = access.kind === 'compareExchange' && result === access.values[0];
  return withThread(state, index, words, { ...thread, results, won: isWon ? results.length : thread.won });
}

function ended(
  state: State,
  index: number,
  words: Int32Array,
  object: SteppedObject,
  { next, seen = [] }: OperationEnd,
): State {
  const after = withThread(state, index, words, {
    operation: next,
    fields: fieldsOf(object),
    results: [],
    won: 0,
  });
  return seen.length === 0 ? after : { ...after, seen: [...state.seen, ...seen] };
}

function advance(
  steps: Steps<OperationEnd>,
  results: readonly number[],
): IteratorResult<Access, OperationEnd> {
  let at = steps.next(0);
  for (const result of results) at = steps.next(result);
  return at;
}

function perform(words: Int32Array, { kind, word, values }: Access): number {
  const old = words[word] ?? 0;
  const [value = 0, other = 0] = values;
  if (kind === 'store') words[word] = value;
  if (kind === 'add') words[word] = old + value;
  if (kind === 'sub') words[word] = old - value;
  if (kind === 'compareExchange' && old === value) words[word] = other;
  return old;
}

function withThread(state: State, index: number, words: Int32Array, thread: ThreadState): State {
  return { ...state, words, threads: state.threads.map((other, at) => (at === index ? thread : other)) };
}

function fieldsOf(object: SteppedObject): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => typeof value === 'number')) as never;
}

function keyOf({ words, threads, seen }: State): string {
  const parts = threads.map(
    ({ operation, fields, results }) => `${operation}:${Object.values(fields)}:${results}`,
  );
  return `${words}|${parts.join('|')}|${seen}`;
}
