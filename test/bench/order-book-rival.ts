import { type LimitOrderOptions, OrderBook, Side } from 'nodejs-order-book';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';
import { applyPacked } from '../support/market-module.ts';
import { openDeepModule, type Recording } from './deep-recording.ts';

const PLACE = 1;
const ACCEPTED = 1;

/** One command as nodejs-order-book takes it, made before anything is measured. */
type Call = { readonly cancel: string } | LimitOrderOptions;

/** The same orders and cancels for nodejs-order-book, under the order ids that the engine gave. */
export interface RivalRecording {
  readonly calls: readonly Call[];
  readonly preload: number;
}

export function recordForRival({ commands, preload }: Recording): RivalRecording {
  const module = openDeepModule();
  const calls: Call[] = [];
  for (let at = 0; at < commands.length; at += COMMAND_BYTES) {
    const command = commands.subarray(at, at + COMMAND_BYTES);
    calls.push(callOf(command, acceptedId(applyPacked(module, command)) ?? `taker ${at}`));
  }
  return { calls, preload };
}

/** Returns the nanoseconds that the commands behind the preload took. */
export function rivalReplayNs({ calls, preload }: RivalRecording): number {
  const book = new OrderBook();
  for (const call of calls.slice(0, preload)) make(book, call);
  const measured = calls.slice(preload);
  const from = process.hrtime.bigint();
  for (const call of measured) make(book, call);
  return Number(process.hrtime.bigint() - from);
}

function make(book: OrderBook, call: Call): void {
  if ('cancel' in call) book.cancel(call.cancel);
  else book.limit(call);
}

function callOf(command: Uint8Array, id: string): Call {
  const view = new DataView(command.buffer, command.byteOffset, COMMAND_BYTES);
  if (view.getUint8(0) !== PLACE) return { cancel: view.getBigUint64(8, true).toString() };
  return {
    id,
    side: view.getUint8(1) === 0 ? Side.BUY : Side.SELL,
    // The package does not export its own names for these two.
    timeInForce: (view.getUint8(2) === 0 ? 'GTC' : 'IOC') as NonNullable<LimitOrderOptions['timeInForce']>,
    price: Number(view.getBigUint64(16, true)),
    size: Number(view.getBigUint64(24, true)),
  };
}

/** The id of the order that rests or has traded, if the command placed one. */
function acceptedId(transitions: Uint8Array): string | undefined {
  for (let at = 0; at < transitions.length; at += TRANSITION_BYTES) {
    if (transitions[at] !== ACCEPTED) continue;
    return new DataView(transitions.buffer, transitions.byteOffset + at).getBigUint64(16, true).toString();
  }
  return undefined;
}
