import { decodeTransitionList, type ModelTransition, REASON, TRANSITION } from './model-transition.ts';

/**
 * One line that shows every field of a transition; fields that are 0 for most transitions are shown only when
 * they are not 0, so that two transitions have the same line only when they are the same.
 *
 * `@2 #5 filled bid a7 id 4:4095 maker 1:0 a9 100x5 left 3` is: command 2, sequence 5, taker's side and
 * account, the taker's id as `sequence:slot`, the maker's id and account, price x quantity, remaining.
 */
function describeTransition(transition: ModelTransition): string {
  const isFill = transition.type === TRANSITION.filled;
  const related = isFill ? `maker ${describeId(transition.relatedId)}` : `w3 ${transition.relatedId}`;
  const isRejected = transition.type === TRANSITION.rejected;
  return [
    `@${transition.commandIndex} #${transition.sequence}`,
    nameOf(TRANSITION, transition.type),
    isRejected
      ? `side ${transition.side}`
      : (['bid', 'ask'][Number(transition.side)] ?? `side ${transition.side}`),
    `a${transition.account}`,
    `id ${describeId(transition.orderId)}`,
    related,
    ...(isFill || transition.makerAccount !== 0n ? [`a${transition.makerAccount}`] : []),
    `${transition.price}x${transition.quantity}`,
    `left ${transition.remaining}`,
    ...(transition.flags === 0n ? [] : [`flags ${transition.flags}`]),
    ...(transition.reason === 0n ? [] : [nameOf(REASON, transition.reason)]),
  ].join(' ');
}

/** The lines of packed 64-byte transitions. */
export function describeTransitions(bytes: Uint8Array): string[] {
  return decodeTransitionList(bytes).map(describeTransition);
}

function describeId(id: bigint): string {
  return id === 0n ? '-' : `${id >> 12n}:${id & 4095n}`;
}

function nameOf(table: Readonly<Record<string, bigint>>, value: bigint): string {
  return Object.keys(table).find((name) => table[name] === value) ?? `unnamed ${value}`;
}
