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
  /** Of a command: a second record follows. Of a resting order: it has a display size. */
  Extended = 8,
  SelfTradeMask = 0x70,
  Reserved = 0x80,
}

/** Self-trade modes, where they stand in the flags. */
export const enum SelfTrade {
  None = 0x00,
  CancelTaker = 0x10,
  CancelMaker = 0x20,
  CancelBoth = 0x30,
  Decrement = 0x40,
}

export const enum MarketState {
  Open = 0,
  CancelOnly = 1,
  PostOnly = 2,
  Halted = 3,
}

export const enum TransitionType {
  Accepted = 1,
  Filled = 2,
  Canceled = 3,
  Reduced = 4,
  Replaced = 5,
  Rejected = 6,
  Expired = 7,
  Triggered = 8,
  Evicted = 9,
  MarketStateChanged = 10,
  Terms = 11,
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
  UnknownOrder = 10,
  NotOwner = 11,
  WouldTake = 12,
  Unfillable = 13,
  MatchLimit = 14,
  BookFull = 15,
  OffTick = 16,
  OffLot = 17,
  InvalidDisplay = 18,
  InvalidTrigger = 19,
  ExpiryPassed = 20,
  MarketClosed = 21,
  StopBookFull = 22,
  InvalidMarketState = 23,
  NotOperator = 24,
  NoOrders = 25,
  Requested = 32,
  Remainder = 33,
  Replaced = 34,
  SelfTrade = 35,
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
  StopBook = 15,
}
