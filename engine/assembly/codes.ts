// Protocol §3, §5, §8: every number that stands for a name.

export const enum Kind {
  Place = 1,
  Cancel = 2,
  Reduce = 3,
  Replace = 4,
  CancelAll = 5,
  SetMarketState = 6,
  Sweep = 7,
}

export const enum Side {
  Bid = 0,
  Ask = 1,
}

export const enum TimeInForce {
  GoodTillCanceled = 0,
  ImmediateOrCancel = 1,
  FillOrKill = 2,
  GoodTillDate = 3,
}

export const enum Flag {
  PostOnly = 1,
  Slide = 2,
  Market = 4,
  Extended = 8,
  SelfTradeMask = 0x70,
  Reserved = 0x80,
}
/** The largest self-trade mode (decrement), where it stands in the flags. */
export const SELF_TRADE_MAX: u32 = 4 << 4;

export const enum TransitionType {
  Accepted = 1,
  Filled = 2,
  Canceled = 3,
  Reduced = 4,
  Rejected = 6,
  Evicted = 9,
}

export const enum Reason {
  None = 0,
  UnknownKind = 1,
  ReservedBits = 2,
  InvalidSide = 3,
  InvalidTimeInForce = 4,
  InvalidCombination = 5,
  InvalidPrice = 6,
  InvalidQuantity = 7,
  MissingExtension = 8,
  Unsupported = 9,
  UnknownOrder = 10,
  NotOwner = 11,
  WouldTake = 12,
  Unfillable = 13,
  MatchLimit = 14,
  BookFull = 15,
  Requested = 32,
  Remainder = 33,
}

/** Why a witness or a state image is refused; in the guest, the exit code. */
export const enum Status {
  Ok = 0,
  Truncated = 1,
  Magic = 2,
  Reserved = 3,
  Config = 4,
  Header = 5,
  Level = 6,
  Order = 7,
  OrdersDigest = 8,
  Totals = 9,
  StateRoot = 10,
  CommandCount = 11,
  Timestamp = 12,
  Trailing = 13,
  JournalDigest = 14,
}
