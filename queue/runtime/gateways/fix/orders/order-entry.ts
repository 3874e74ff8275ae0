import type { Command } from '../../../../../engine/command.ts';
import { messageOf } from '../../../../../engine/message-of.ts';
import { decodeTransitions, TRANSITION_BYTES } from '../../../../../engine/transition.ts';
import { FAST_ERRORS } from '../../../faults/fast-error.ts';
import type { RingConsumer } from '../../../rings/ring-consumer.ts';
import type { DeskClient } from '../../desk/desk-client.ts';
import type { OrderDesk } from '../../desk/order-desk.ts';
import type { FixMessage } from '../session/fix-message.ts';
import type { FixApplication, FixSession } from '../session/fix-session.ts';
import { TAG } from '../session/fix-tags.ts';
import type { MessageFault } from '../session/message-checks.ts';
import { CommandQueue } from './command-queue.ts';
import { FixOrder, ORD_STATUS } from './fix-order.ts';
import { beginMassCancel, massCancelGoesOn, massCancelReport } from './mass-cancels.ts';
import { type CommandOwner, changeCommand, changeRefusal, placeCommand } from './order-commands.ts';
import { OrderFields } from './order-fields.ts';
import { OrderOutcomes, type OutcomeOptions } from './order-outcomes.ts';
import { OrderTable } from './order-table.ts';
import { BUSINESS_REJ, CXL_REJ, ORD_REJ, ORDER_MSG, ORDER_TAG } from './order-tags.ts';
import { type OrderTerms, readTerms } from './order-terms.ts';
import type { ChangeRequest, PendingMassCancel, PendingRequest } from './pending-request.ts';
import { readChange, readMassCancel } from './request-reader.ts';

/** Requests that may wait for one order to be accepted. */
const DEFERRED_MAX = 16;
/** Orders that are over, and requests, that are still known. */
const KNOWN_MAX = 10_000;

/** Whose orders they are and in which market; `nowMs` is since 1970, for reports of what nobody asked for. */
export interface OrderEntryOptions extends CommandOwner, OutcomeOptions {
  /** Whether the Logon's Password opens the account. */
  readonly isPassword: (password: string) => boolean;
}

/** Order entry of one FIX client: its requests become commands, and what the engine makes of them, and of its resting orders, reports. */
export class OrderEntry implements FixApplication, DeskClient {
  readonly #desk: OrderDesk;
  readonly #options: OrderEntryOptions;
  readonly #queue: CommandQueue;
  readonly #orders = new OrderTable(KNOWN_MAX);
  readonly #pending = new Map<number, PendingRequest>();
  readonly #outcomes: OrderOutcomes;
  #session: FixSession | undefined;
  #lastOrder = 0n;

  /** Hears of the account's orders from now on. */
  constructor(desk: OrderDesk, options: OrderEntryOptions) {
    this.#desk = desk;
    this.#options = options;
    this.#queue = new CommandQueue(desk, this);
    this.#outcomes = new OrderOutcomes(this.#orders, options, (type, fields) =>
      this.#session?.send(type, fields, options.nowMs()),
    );
    desk.accounts.add(options.account, this);
  }

  /** Names the session that the reports go to: once, before anything comes. */
  attach(session: FixSession): void {
    this.#session = session;
  }

  /** Whether commands wait for room: then no more requests may be read. */
  get isBlocked(): boolean {
    return this.#queue.isBlocked;
  }

  /** Sends what waits for room; false when something still waits. */
  drain(): boolean {
    return this.#queue.drain();
  }

  mayLogOn(message: FixMessage): boolean {
    return this.#options.isPassword(message.get(TAG.password) ?? '');
  }

  received(message: FixMessage, nowMs: number): MessageFault | undefined {
    switch (message.type) {
      case ORDER_MSG.newOrderSingle:
        return this.#place(message, nowMs);
      case ORDER_MSG.cancelRequest:
        return this.#cancel(message);
      case ORDER_MSG.cancelReplaceRequest:
        return this.#replace(message, nowMs);
      case ORDER_MSG.massCancelRequest:
        return this.#massCancel(message);
      default:
        this.#refuseBusiness(message, BUSINESS_REJ.unsupportedType, 'this venue takes D, F, G and q');
        return undefined;
    }
  }

  transition(output: RingConsumer, at: number, number: number): void {
    const bytes = Uint8Array.from(output.bytes.subarray(at, at + TRANSITION_BYTES));
    const [transition] = decodeTransitions(bytes);
    if (transition !== undefined) this.#outcomes.apply(transition, this.#pending.get(number));
  }

  done(number: number): void {
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    if (pending?.kind === 'place') for (const request of pending.order.deferred.splice(0)) request();
    if (pending?.kind !== 'massCancel') return;
    if (massCancelGoesOn(pending)) this.#sendMassCancel(pending);
    else this.#reportMassCancel(pending);
  }

  flush(): void {
    // Reports are sent as they are made.
  }

  #place(message: FixMessage, nowMs: number): MessageFault | undefined {
    const fields = new OrderFields(message, this.#options.market);
    const clOrdId = fields.head(this.#options.symbol);
    fields.required(ORDER_TAG.symbol);
    const own = String(this.#options.account);
    const account = fields.optional(ORDER_TAG.account) ?? own;
    if (account !== own)
      fields.refuse(ORD_REJ.unknownAccount, `Account is ${account}: this session's is ${own}`);
    if (this.#orders.isUsed(clOrdId)) fields.refuse(ORD_REJ.duplicate, `ClOrdID was used before: ${clOrdId}`);
    const terms = readTerms(fields, nowMs);
    if (fields.fault !== undefined) return fields.fault;
    const order = new FixOrder(clOrdId, terms);
    if (fields.refusal !== undefined) {
      this.#desk.errors.raise(FAST_ERRORS.InvalidOrder, this.#options.account, fields.refusal.reason);
      this.#outcomes.refuse(order, fields.refusal);
      return undefined;
    }
    const command = placeCommand(this.#options, terms, this.#lastOrder + 1n);
    const refuse = (text: string) => this.#outcomes.refuse(order, { reason: ORD_REJ.unsupported, text });
    if (this.#send(message, command, { kind: 'place', order }, refuse)) {
      this.#lastOrder += 1n;
      this.#orders.add(order);
    }
    return undefined;
  }

  #cancel(message: FixMessage): MessageFault | undefined {
    const { fields, change } = readChange('cancel', message, this.#options, this.#orders);
    if (fields.fault !== undefined) return fields.fault;
    if (fields.refusal !== undefined) this.#refuseChange(change, CXL_REJ.other, fields.refusal.text);
    else this.#request(message, change, undefined);
    return undefined;
  }

  #replace(message: FixMessage, nowMs: number): MessageFault | undefined {
    const { fields, change } = readChange('replace', message, this.#options, this.#orders);
    const terms = readTerms(fields, nowMs);
    if (fields.fault !== undefined) return fields.fault;
    if (fields.refusal !== undefined) this.#refuseChange(change, CXL_REJ.other, fields.refusal.text);
    else this.#request(message, change, terms);
    return undefined;
  }

  /** Takes a request for an order: at once, or when the order has an id. */
  #request(message: FixMessage, change: ChangeRequest, terms: OrderTerms | undefined): void {
    const { order, clOrdId } = change;
    const isUsed = this.#orders.isUsed(clOrdId);
    if (!isUsed) this.#orders.use(clOrdId);
    if (isUsed) this.#refuseChange(change, CXL_REJ.duplicate, 'ClOrdID was used before');
    else if (order === undefined) this.#refuseChange(change, CXL_REJ.unknownOrder, 'no order has that id');
    else if (order.status !== ORD_STATUS.pendingNew) this.#change(message, change, order, terms);
    else if (order.deferred.length >= DEFERRED_MAX)
      this.#refuseChange(change, CXL_REJ.pending, 'too many requests wait for the order to be accepted');
    else order.deferred.push(() => this.#change(message, change, order, terms));
  }

  #change(message: FixMessage, change: ChangeRequest, order: FixOrder, terms: OrderTerms | undefined): void {
    const refusal = changeRefusal(order, terms);
    if (refusal !== undefined) {
      this.#refuseChange(change, refusal.reason, refusal.text);
      return;
    }
    const { account } = this.#options;
    const command: Command =
      terms === undefined
        ? { kind: 'cancel', account, orderId: order.orderId }
        : changeCommand(this.#options, order, terms);
    const pending = { ...change, order, terms };
    const refuse = (text: string) => this.#refuseChange(change, CXL_REJ.other, text);
    if (this.#send(message, command, pending, refuse)) order.isPending = true;
  }

  #refuseChange(change: ChangeRequest, reason: number, text: string): void {
    this.#desk.errors.raise(FAST_ERRORS.InvalidOrder, this.#options.account, reason);
    this.#outcomes.cancelReject(change, reason, text);
  }

  #massCancel(message: FixMessage): MessageFault | undefined {
    const { fields, terms } = readMassCancel(message, this.#options);
    if (fields.fault !== undefined) return fields.fault;
    const isUsed = this.#orders.isUsed(terms.clOrdId);
    const refusal = isUsed ? 'ClOrdID was used before' : fields.refusal?.text;
    const pending: PendingMassCancel = { ...beginMassCancel(terms), rejection: refusal };
    if (!isUsed) this.#orders.use(terms.clOrdId);
    if (refusal === undefined) this.#sendMassCancel(pending);
    else this.#reportMassCancel(pending);
    return undefined;
  }

  /** Cancels are admitted longer than orders are; when not even they are, the report says so. */
  #sendMassCancel(pending: PendingMassCancel): void {
    const { account } = this.#options;
    const words = this.#queue.pack({ kind: 'cancelAll', account, side: pending.side });
    if (!this.#queue.isRefused(words)) {
      this.#pending.set(this.#queue.push(words), pending);
      return;
    }
    pending.rejection = 'the service is too busy';
    this.#reportMassCancel(pending);
  }

  #reportMassCancel(pending: PendingMassCancel): void {
    const fields = massCancelReport(pending, pending.affected, pending.rejection);
    this.#session?.send(ORDER_MSG.massCancelReport, fields, this.#options.nowMs());
  }

  /** Sends a command; false when it was refused: by `refuse` when no engine takes it, as a business reject when the service is too busy. */
  #send(
    message: FixMessage,
    command: Command,
    pending: PendingRequest,
    refuse: (text: string) => void,
  ): boolean {
    let words: Int32Array;
    try {
      words = this.#queue.pack(command);
    } catch (error) {
      this.#desk.errors.raise(FAST_ERRORS.InvalidOrder, this.#options.account, 0);
      refuse(messageOf(error));
      return false;
    }
    if (this.#queue.isRefused(words)) {
      this.#desk.errors.raise(FAST_ERRORS.SystemOverload, this.#options.account, this.#desk.level);
      this.#refuseBusiness(message, BUSINESS_REJ.notAvailable, 'the service is too busy');
      return false;
    }
    this.#pending.set(this.#queue.push(words), pending);
    return true;
  }

  #refuseBusiness(message: FixMessage, reason: number, text: string): void {
    this.#session?.send(
      ORDER_MSG.businessReject,
      [
        [ORDER_TAG.refSeqNum, message.get(TAG.msgSeqNum) ?? '0'],
        [ORDER_TAG.refMsgType, message.type],
        [ORDER_TAG.businessRejectRefId, message.get(ORDER_TAG.clOrdId) ?? 'NONE'],
        [ORDER_TAG.businessRejectReason, String(reason)],
        [ORDER_TAG.text, text],
      ],
      this.#options.nowMs(),
    );
  }
}
