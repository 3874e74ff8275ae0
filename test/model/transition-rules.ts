import { COMMAND_TRANSITIONS_MAX } from './geometry.ts';
import { type ModelCommand, RECORD_BYTES, readCommand, TIME_IN_FORCE } from './model-command.ts';
import { decodeTransitionList, type ModelTransition, TRANSITION } from './model-transition.ts';

/** What is told of an order when it comes. */
interface OrderTerms {
  readonly flags: bigint;
  expiry: bigint;
}

/**
 * Rules that the transitions of every book keep, whatever its state (protocol §2, §3, §4). Knows an order by the
 * transitions alone.
 */
export class TransitionRules {
  readonly #terms = new Map<bigint, OrderTerms>();

  /** The rules that the batch breaks, in words; its commands are those that were taken. */
  brokenBy(commands: Uint8Array, packedTransitions: Uint8Array, timestamp: bigint): string[] {
    const transitions = decodeTransitionList(packedTransitions);
    const broken = [...brokenBounds(commands, transitions), ...brokenFillOrKill(commands, transitions)];
    for (const transition of transitions) {
      this.#learn(transition);
      if (transition.type === TRANSITION.filled) broken.push(...this.#brokenFill(transition, timestamp));
    }
    return broken;
  }

  #learn({ type, orderId, flags, quantity }: ModelTransition): void {
    if (type === TRANSITION.accepted || type === TRANSITION.replaced) {
      this.#terms.set(orderId, { flags, expiry: 0n });
    }
    const terms = this.#terms.get(orderId);
    if (type === TRANSITION.terms && terms !== undefined) terms.expiry = quantity;
  }

  #brokenFill(fill: ModelTransition, timestamp: bigint): string[] {
    const { orderId, relatedId, account, makerAccount, sequence } = fill;
    const isExpired = (id: bigint) => {
      const { expiry = 0n } = this.#terms.get(id) ?? {};
      return expiry !== 0n && expiry <= timestamp;
    };
    const takerFlags = this.#terms.get(orderId)?.flags ?? 0n;
    const isGuarded = ((takerFlags >> 4n) & 7n) !== 0n;
    return [
      ...([orderId, relatedId].some(isExpired) ? [`#${sequence} fills an expired order`] : []),
      ...(isGuarded && account === makerAccount ? [`#${sequence} is a self-trade`] : []),
    ];
  }
}

/** The commands of a batch, each with the index of its first record. */
function commandsOf(records: Uint8Array): { readonly index: bigint; readonly command: ModelCommand }[] {
  const commands: { index: bigint; command: ModelCommand }[] = [];
  for (let index = 0; index < records.length / RECORD_BYTES; ) {
    const command = readCommand(records, index);
    commands.push({ index: BigInt(index), command });
    index += command.extension === undefined ? 1 : 2;
  }
  return commands;
}

function brokenBounds(records: Uint8Array, transitions: readonly ModelTransition[]): string[] {
  const counts = new Map(commandsOf(records).map(({ index }) => [index, 0]));
  for (const { commandIndex } of transitions) counts.set(commandIndex, (counts.get(commandIndex) ?? -1) + 1);
  const isOutside = (count: number) => count < 1 || count > COMMAND_TRANSITIONS_MAX;
  return [...counts].flatMap(([index, count]) =>
    isOutside(count) ? [`command ${index} made ${count} transitions`] : [],
  );
}

/** A fill-or-kill order that is accepted is filled whole. */
function brokenFillOrKill(records: Uint8Array, transitions: readonly ModelTransition[]): string[] {
  const killers = commandsOf(records).filter(({ command }) => command.timeInForce === TIME_IN_FORCE.fok);
  return killers.flatMap(({ index }) => {
    const own = transitions.filter(({ commandIndex }) => commandIndex === index);
    const accepted = own.find(({ type }) => type === TRANSITION.accepted || type === TRANSITION.replaced);
    if (accepted === undefined) return [];
    const fills = own.filter(
      ({ type, orderId }) => type === TRANSITION.filled && orderId === accepted.orderId,
    );
    const filled = fills.reduce((sum, { quantity }) => sum + quantity, 0n);
    return filled === accepted.quantity ? [] : [`#${accepted.sequence} filled ${filled} lots of its all`];
  });
}
