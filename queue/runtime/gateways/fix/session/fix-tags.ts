/** Tags of the session layer (FIX 4.4 volume 2). */
export const TAG = {
  beginSeqNo: 7,
  beginString: 8,
  endSeqNo: 16,
  msgSeqNum: 34,
  newSeqNo: 36,
  possDupFlag: 43,
  refSeqNum: 45,
  senderCompId: 49,
  sendingTime: 52,
  targetCompId: 56,
  text: 58,
  encryptMethod: 98,
  heartBtInt: 108,
  testReqId: 112,
  origSendingTime: 122,
  gapFillFlag: 123,
  resetSeqNumFlag: 141,
  refTagId: 371,
  refMsgType: 372,
  sessionRejectReason: 373,
  username: 553,
  password: 554,
} as const;

export const MSG = {
  heartbeat: '0',
  testRequest: '1',
  resendRequest: '2',
  reject: '3',
  sequenceReset: '4',
  logout: '5',
  logon: 'A',
} as const;

/** SessionRejectReason (373). */
export const REJECT = {
  invalidTag: 0,
  requiredTagMissing: 1,
  emptyValue: 4,
  valueIncorrect: 5,
  badFormat: 6,
  compIdProblem: 9,
  sendingTimeProblem: 10,
  invalidMsgType: 11,
  tagTwice: 13,
} as const;

/** Message types that FIX 4.4 defines: another is an invalid one, and one of these that the venue does not take an unsupported one. */
const APPLICATION_TYPES =
  '6 7 8 9 B C D E F G H J K L M N P Q R S T V W X Y Z a b c d e f g h i j k l m o p q r s t u v w x y z ' +
  'AA AB AC AD AE AF AG AH AI AJ AK AL AM AN AO AP AQ AR AS AT AU AV AW AX AY AZ BA BB BC BD BE BF BG BH';
const KNOWN: ReadonlySet<string> = new Set([...Object.values(MSG), ...APPLICATION_TYPES.split(' ')]);

export function isKnownType(type: string): boolean {
  return KNOWN.has(type);
}
