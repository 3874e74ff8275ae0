/** Why the engine refuses a witness or a state image: the statuses of protocol §8, by number. In the guest, the exit code. */
export const REFUSALS: Readonly<Record<number, { readonly field: string; readonly reason: string }>> = {
  1: { field: 'length', reason: 'there are fewer bytes than the counts ask for, or not a multiple of 8' },
  2: { field: 'magic', reason: 'the magic or version is another' },
  3: { field: 'reserved', reason: 'a reserved field is not 0' },
  4: {
    field: 'marketConfig',
    reason: 'the market config is not one that this engine runs, or not the one of its check',
  },
  5: { field: 'header', reason: 'the header leaf does not fit the book' },
  6: {
    field: 'level',
    reason: 'a price level is out of range, out of order, double, or the book is crossed',
  },
  7: { field: 'order', reason: 'an order record, or one of a stop, is out of range, out of order or double' },
  8: { field: 'ordersDigest', reason: "an opened level's orders do not give its leaf" },
  9: { field: 'totals', reason: 'the totals are not the sums over the levels' },
  10: { field: 'stateRoot', reason: 'the state does not give the state root' },
  11: { field: 'commandCount', reason: 'it is 0, more than 1024, or the batch does not take every record' },
  12: { field: 'timestamp', reason: "it is below the last batch's" },
  13: { field: 'length', reason: 'bytes follow the last record' },
  14: { field: 'journalDigest', reason: 'the batch does not give the journal digest' },
  15: { field: 'stopBook', reason: 'the stop book leaf is out of range, or its records do not give it' },
};
