import { ProofbookError } from './proofbook-error.ts';
import { requireAccount, requireU64, requireValue, type ValueOrigin } from './value-ranges.ts';

/** Size of one packed command record (protocol §3). */
export const COMMAND_BYTES = 32;
/** Most command records that one batch holds (protocol §7). */
export const BATCH_COMMANDS_MAX = 1024;

export type SideName = 'bid' | 'ask';
export type TimeInForceName = 'GTC' | 'IOC' | 'FOK';

export interface PlaceCommand {
  readonly kind: 'place';
  readonly side: SideName;
  readonly timeInForce: TimeInForceName;
  /** Reject rather than take. */
  readonly postOnly?: boolean;
  /** Take at any price; `price` is 0. */
  readonly market?: boolean;
  readonly account: number;
  readonly clientOrderId: bigint;
  readonly price: bigint;
  readonly quantity: bigint;
}

export interface CancelCommand {
  readonly kind: 'cancel';
  readonly account: number;
  readonly orderId: bigint;
}

/** Takes `quantity` lots off a resting order, which keeps its place in the queue. */
export interface ReduceCommand {
  readonly kind: 'reduce';
  readonly account: number;
  readonly orderId: bigint;
  readonly quantity: bigint;
}

export type Command = PlaceCommand | CancelCommand | ReduceCommand;

const KIND_CODES = { place: 1, cancel: 2, reduce: 3 } as const;
const SIDE_CODES = { bid: 0, ask: 1 } as const;
const TIME_IN_FORCE_CODES = { GTC: 0, IOC: 1, FOK: 2 } as const;
const FLAG_POST_ONLY = 1;
const FLAG_MARKET = 4;

/** Packs commands into records. Throws INVALID_COMMAND, which names the index, the field and its value. */
export function encodeCommands(commands: readonly Command[]): Uint8Array {
  const bytes = new Uint8Array(commands.length * COMMAND_BYTES);
  const view = new DataView(bytes.buffer);
  commands.forEach((command, index) => {
    encodeCommand(view, index, command);
  });
  return bytes;
}

function encodeCommand(view: DataView, index: number, command: Command): void {
  const origin: ValueOrigin = { code: 'INVALID_COMMAND', details: { index } };
  const at = index * COMMAND_BYTES;
  const kind = KIND_CODES[command.kind];
  if (kind === undefined) refuse(index, 'kind', command.kind, 'expected place, cancel or reduce');
  view.setUint8(at, kind);
  view.setUint32(at + 4, requireAccount(command.account, 'account', origin), true);
  if (command.kind === 'place') {
    encodePlace(view, at, index, command, origin);
    return;
  }
  view.setBigUint64(at + 8, requireU64(command.orderId, 'orderId', origin), true);
  if (command.kind === 'reduce') {
    view.setBigUint64(at + 24, requireValue(command.quantity, 'quantity', origin), true);
  }
}

function encodePlace(
  view: DataView,
  at: number,
  index: number,
  command: PlaceCommand,
  origin: ValueOrigin,
): void {
  const side = SIDE_CODES[command.side];
  if (side === undefined) refuse(index, 'side', command.side, 'expected bid or ask');
  const timeInForce = TIME_IN_FORCE_CODES[command.timeInForce];
  if (timeInForce === undefined)
    refuse(index, 'timeInForce', command.timeInForce, 'expected GTC, IOC or FOK');
  const market = command.market ?? false;
  const postOnly = command.postOnly ?? false;
  if (market && command.price !== 0n) refuse(index, 'price', command.price, 'a market order has price 0');
  if (postOnly && (market || timeInForce !== TIME_IN_FORCE_CODES.GTC)) {
    refuse(index, 'postOnly', true, 'a post-only order can be neither market nor IOC nor FOK');
  }
  view.setUint8(at + 1, side);
  view.setUint8(at + 2, timeInForce);
  view.setUint8(at + 3, (postOnly ? FLAG_POST_ONLY : 0) | (market ? FLAG_MARKET : 0));
  view.setBigUint64(at + 8, requireU64(command.clientOrderId, 'clientOrderId', origin), true);
  view.setBigUint64(at + 16, market ? 0n : requireValue(command.price, 'price', origin), true);
  view.setBigUint64(at + 24, requireValue(command.quantity, 'quantity', origin), true);
}

/** Throws INVALID_LENGTH unless `bytes` are whole records; returns how many. */
export function countCommands(bytes: Uint8Array): number {
  if (bytes.length % COMMAND_BYTES !== 0) {
    throw new ProofbookError('INVALID_LENGTH', {
      field: 'commands',
      value: bytes.length,
      expected: `a multiple of ${COMMAND_BYTES}`,
    });
  }
  return bytes.length / COMMAND_BYTES;
}

function refuse(index: number, field: string, value: unknown, reason: string): never {
  throw new ProofbookError('INVALID_COMMAND', { index, field, value: String(value), reason });
}
