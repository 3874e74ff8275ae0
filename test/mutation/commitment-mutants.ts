import type { Mutant } from './mutants.ts';

/** Bugs of the commitment, of state images and of witnesses (protocol §6, §8). */
export const COMMITMENT_MUTANTS: readonly Mutant[] = [
  {
    bug: 'orders behind a removed one keep their old chain digests',
    file: 'order-book.ts',
    from: '    unchainFrom(next);\n',
    to: '',
  },
  {
    bug: 'a level that the batch needs is not opened in the witness',
    file: 'order-book.ts',
    from: '  markTouched(level);\n',
    to: '',
  },
  {
    bug: 'an opaque level may be matched into',
    file: 'order-book.ts',
    from: 'if (queueAt(level).opaque) unreachable();',
    to: '',
  },
  {
    bug: 'an order that the prover hides is taken for unknown',
    file: 'order-book.ts',
    from: 'if (order.orderId == 0) unreachable();',
    to: 'if (order.orderId == 0) return NO_ORDER;',
  },
  {
    bug: 'a queue in another order than its digest says is accepted',
    file: 'state-image.ts',
    from: 'return sums && sameDigest(link, ordersDigestOf(index)) ?',
    to: 'return sums ?',
  },
  {
    bug: 'stops that do not give the digest of their leaf are accepted',
    file: 'state-image.ts',
    from: '  if (!sameDigest(link, ordersDigestOf(STOPS))) return Status.StopBook;\n',
    to: '',
  },
  {
    bug: 'stops that do not give the triggers of their leaf are accepted',
    file: 'state-image.ts',
    from: 'return bidTrigger == book.bidTrigger && askTrigger == book.askTrigger ? Status.Ok : Status.StopBook;',
    to: 'return Status.Ok;',
  },
  {
    bug: 'stops in any order are accepted',
    file: 'state-image.ts',
    from: ' || stop.orderId <= lastId',
    to: '',
  },
  {
    bug: 'a level may say that it hides more than its orders do',
    file: 'state-image.ts',
    from: 'volume == level.volume && hiddenVolume == level.hiddenVolume',
    to: 'volume == level.volume',
  },
  {
    bug: 'a resting order may display more than its display size',
    file: 'order-record.ts',
    from: 'return order.remaining <= order.displaySize && order.hidden',
    to: 'return order.hidden',
  },
  {
    bug: 'a stop may have flags that no stop has',
    file: 'order-record.ts',
    from: 'flags & ~(Flag.Market | Flag.SelfTradeMask) || ',
    to: '',
  },
  {
    bug: 'a market stop may have a price',
    file: 'order-record.ts',
    from: 'return stop.limitPrice == 0 && stop.expiry',
    to: 'return stop.expiry',
  },
  {
    bug: 'an order may have an id that was never given',
    file: 'order-record.ts',
    from: ' && sequence <= header().sequence',
    to: '',
  },
  {
    bug: 'the last page is not padded with zeros',
    file: 'batch-tree.ts',
    from: 'memory.fill(records + length, 0, pages * PAGE_BYTES - length);',
    to: '',
  },
  {
    bug: 'what lies behind a witness gets into its last page of commands',
    file: 'record-stream.ts',
    from: '  memory.fill(changetype<u32>(commandAt(commandCount)), 0, pages * PAGE_BYTES - length);\n',
    to: '',
  },
  {
    bug: 'a page of transitions is a chunk without an end',
    file: 'blake3.ts',
    from: '  if (index == PAGE_BYTES / BLOCK_BYTES - 1) flags |= CHUNK_END | ROOT;\n',
    to: '',
  },
  {
    bug: 'the last page of transitions is not filled up',
    file: 'record-stream.ts',
    from: '  while (transitionsHashed % TRANSITIONS_PER_PAGE != 0) hashTransition(EMPTY_RECORD);\n',
    to: '',
  },
  {
    bug: 'a leaf that became empty keeps its old digest',
    file: 'state-tree.ts',
    from: '  setOccupied(node, false);\n',
    to: '',
  },
  {
    bug: 'bytes may follow the last command of a witness',
    file: 'circuit.ts',
    from: 'if (length - commands > commandBytes) return Status.Trailing;',
    to: '',
  },
];
