// The engine as a process that tracebook's conformance runner drives: one JSON object a line on stdin and stdout, as its
// protocol says. Started by that runner, see test/conformance/tracebook.test.ts.
import { createInterface } from 'node:readline';
import { TracebookBooks, type TracebookConfig, type TracebookEvent } from './tracebook-book.ts';

type Message =
  | {
      readonly type: 'hello';
      readonly protocol: string;
      readonly protocol_version: number;
      readonly config: TracebookConfig;
    }
  | { readonly type: 'event'; readonly index: number; readonly event: TracebookEvent }
  | { readonly type: 'snapshot'; readonly index: number }
  | { readonly type: 'finish'; readonly event_count: number };

let books: TracebookBooks | undefined;

function answer(message: Message): object {
  if (message.type === 'hello') {
    books = new TracebookBooks(message.config);
    const { protocol, protocol_version } = message;
    return {
      type: 'ready',
      protocol,
      protocol_version,
      engine: { name: 'proofbook', version: '1', language: 'AssemblyScript' },
    };
  }
  if (books === undefined) throw new Error(`${message.type} before hello`);
  if (message.type === 'finish') return { type: 'complete', event_count: message.event_count };
  if (message.type === 'snapshot')
    return { type: 'snapshot', index: message.index, state: { books: books.state().books } };
  const { outcome, trades } = books.apply(message.event);
  const { hash, orderCount } = books.state();
  return {
    type: 'observation',
    index: message.index,
    outcome,
    trades,
    state_hash: hash,
    resting_order_count: orderCount,
  };
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const message = JSON.parse(line) as Message;
  process.stdout.write(`${JSON.stringify(answer(message))}\n`);
  // The runner keeps our stdin open and waits for us to end.
  if (message.type === 'finish') {
    lines.close();
    process.stdin.destroy();
  }
});
