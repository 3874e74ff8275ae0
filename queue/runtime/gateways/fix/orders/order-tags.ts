/** Tags of order entry (FIX 4.4 volumes 4 and 6). DisplayQty is of FIX 5.0, and taken as MaxFloor is. */
export const ORDER_TAG = {
  account: 1,
  avgPx: 6,
  clOrdId: 11,
  cumQty: 14,
  execId: 17,
  execInst: 18,
  lastPx: 31,
  lastQty: 32,
  orderId: 37,
  orderQty: 38,
  ordStatus: 39,
  ordType: 40,
  origClOrdId: 41,
  price: 44,
  refSeqNum: 45,
  side: 54,
  symbol: 55,
  text: 58,
  timeInForce: 59,
  transactTime: 60,
  stopPx: 99,
  cxlRejReason: 102,
  ordRejReason: 103,
  maxFloor: 111,
  expireTime: 126,
  execType: 150,
  leavesQty: 151,
  refMsgType: 372,
  execRestatementReason: 378,
  businessRejectRefId: 379,
  businessRejectReason: 380,
  expireDate: 432,
  cxlRejResponseTo: 434,
  massCancelRequestType: 530,
  massCancelResponse: 531,
  massCancelRejectReason: 532,
  totalAffectedOrders: 533,
  displayQty: 1138,
} as const;

export const ORDER_MSG = {
  newOrderSingle: 'D',
  cancelRequest: 'F',
  cancelReplaceRequest: 'G',
  massCancelRequest: 'q',
  executionReport: '8',
  cancelReject: '9',
  businessReject: 'j',
  massCancelReport: 'r',
} as const;

/** OrdRejReason (103). */
export const ORD_REJ = {
  broker: 0,
  unknownSymbol: 1,
  exchangeClosed: 2,
  exceedsLimit: 3,
  tooLate: 4,
  duplicate: 6,
  unsupported: 11,
  badQuantity: 13,
  unknownAccount: 15,
  other: 99,
} as const;

/** CxlRejReason (102). */
export const CXL_REJ = {
  tooLate: 0,
  unknownOrder: 1,
  broker: 2,
  pending: 3,
  duplicate: 6,
  other: 99,
} as const;

/** BusinessRejectReason (380). */
export const BUSINESS_REJ = { unsupportedType: 3, notAvailable: 4 } as const;
