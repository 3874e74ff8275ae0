import type { FixField, FixMessage } from './fix-message.ts';
import { type CompIds, type FixLink, FixSender } from './fix-sender.ts';
import { MSG, REJECT, TAG } from './fix-tags.ts';
import { HeartbeatWatch } from './heartbeat-watch.ts';
import { IncomingSequence } from './incoming-sequence.ts';
import {
  faultAt,
  fieldFault,
  identityFault,
  logonFault,
  type MessageFault,
  resendRange,
  timeFault,
} from './message-checks.ts';
import { SessionMessages } from './session-messages.ts';
import { DEFAULT_FIX_SETTINGS, type FixSessionSettings } from './session-settings.ts';

/** What a session gives its messages to. */
export interface FixApplication {
  /** An application message, in sequence, once. What it returns is sent as a Reject. */
  received(message: FixMessage, nowMs: number): MessageFault | undefined;
  /** Whether a client may log on; its CompIDs are those of the session already. */
  mayLogOn(message: FixMessage): boolean;
}

/** Where a session is: `loggingOut` waits for the answer to its Logout. */
type Phase = 'apart' | 'connected' | 'loggedOn' | 'loggingOut';

/**
 * The venue's side of a FIX 4.4 session, without sockets and without a clock: messages and times in, bytes out over a link. It lives as
 * long as the venue knows the client: the sequence numbers of both ways and what was sent last outlive connections.
 */
export class FixSession {
  readonly #application: FixApplication;
  readonly #settings: FixSessionSettings;
  readonly #ids: CompIds;
  readonly #sender: FixSender;
  readonly #say: SessionMessages;
  readonly #incoming = new IncomingSequence();
  readonly #heartbeat = new HeartbeatWatch();
  #phase: Phase = 'apart';
  #sinceMs = 0;
  /** Numbers that only grow. */
  readonly counts = { rejected: 0, resendsAsked: 0, resendsServed: 0, duplicates: 0, rejectsReceived: 0 };

  constructor(ids: CompIds, application: FixApplication, settings = DEFAULT_FIX_SETTINGS) {
    this.#ids = ids;
    this.#application = application;
    this.#settings = settings;
    this.#sender = new FixSender(ids, settings.keptMessagesMax);
    this.#say = new SessionMessages(this.#sender);
  }

  get isConnected(): boolean {
    return this.#phase !== 'apart';
  }

  get isLoggedOn(): boolean {
    return this.#phase === 'loggedOn';
  }

  /** Sequence numbers of the next message in and of the next one out. */
  get sequences(): { readonly incoming: number; readonly outgoing: number } {
    return { incoming: this.#incoming.expected, outgoing: this.#sender.next };
  }

  /** Messages that were thrown away for room, and can't be sent again. */
  get forgotten(): number {
    return this.#sender.forgotten;
  }

  /** A client came; its Logon must be the first message. Not while another is there. */
  connected(link: FixLink, nowMs: number): void {
    this.#sender.link = link;
    this.#enter('connected', nowMs);
    this.#incoming.forgetGap();
  }

  /** The connection is gone. */
  disconnected(): void {
    this.#sender.link = undefined;
    this.#phase = 'apart';
  }

  /** Sends a message of the application: now, or when a client logs on and asks for what it missed. */
  send(type: string, fields: readonly FixField[], nowMs: number): void {
    this.#sender.application(type, fields, nowMs, this.isLoggedOn);
  }

  /** Ends the session in order: asks the other side to go. */
  logOut(text: string, nowMs: number): void {
    if (this.isLoggedOn) {
      this.#say.logout(text, nowMs);
      this.#enter('loggingOut', nowMs);
    } else if (this.#phase === 'connected') {
      this.#close(text);
    }
  }

  /** Time went on: to be called some times a second. */
  tick(nowMs: number): void {
    const elapsedMs = nowMs - this.#sinceMs;
    if (this.#phase === 'connected' && elapsedMs > this.#settings.logonMs) this.#close('no Logon');
    else if (this.#phase === 'loggingOut' && elapsedMs > this.#settings.logoutMs) this.#close('no Logout');
    else if (this.isLoggedOn) this.#keepAlive(nowMs);
  }

  /** A message whose frame is right; garbled ones never come here. */
  receive(message: FixMessage, nowMs: number): void {
    if (this.#phase === 'apart') return;
    this.#heartbeat.received(nowMs);
    const sequence = message.whole(TAG.msgSeqNum);
    const stranger = identityFault(message, this.#ids);
    if (this.#phase === 'connected' && message.type !== MSG.logon)
      this.#close('the first message is no Logon');
    else if (stranger !== undefined) this.#refuseIdentity(message, stranger, nowMs);
    else if (sequence === undefined) this.#endWith('MsgSeqNum missing or no number', nowMs);
    else if (this.#phase === 'connected') this.#logOn(message, sequence, nowMs);
    else if (message.type === MSG.sequenceReset && !message.isSet(TAG.gapFillFlag))
      this.#resetSequence(message, nowMs);
    else if (sequence > this.#incoming.expected) this.#tooHigh(message, sequence, nowMs);
    else if (sequence < this.#incoming.expected) this.#tooLow(message, sequence, nowMs);
    else this.#inSequence(message, sequence, nowMs);
  }

  #inSequence(message: FixMessage, sequence: number, nowMs: number): void {
    this.#incoming.advanceTo(sequence + 1);
    const badTime = timeFault(message, nowMs, this.#settings.sendingTimeToleranceMs);
    const fault = badTime ?? fieldFault(message);
    if (fault === undefined) this.#dispatch(message, sequence, nowMs);
    else this.#refuse(message, fault, nowMs);
  }

  #dispatch(message: FixMessage, sequence: number, nowMs: number): void {
    switch (message.type) {
      case MSG.heartbeat:
        break;
      case MSG.testRequest:
        this.#answerTest(message, nowMs);
        break;
      case MSG.resendRequest:
        this.#serveResend(message, nowMs);
        break;
      case MSG.reject:
        this.counts.rejectsReceived += 1;
        break;
      case MSG.sequenceReset:
        this.#fillGap(message, sequence, nowMs);
        break;
      case MSG.logout:
        this.#answerLogout(nowMs);
        break;
      case MSG.logon:
        this.#refuse(message, faultAt(REJECT.valueIncorrect, 35, 'logged on already'), nowMs);
        break;
      default:
        this.#refuse(message, this.#application.received(message, nowMs), nowMs);
    }
  }

  #logOn(message: FixMessage, sequence: number, nowMs: number): void {
    const fault = this.#logonFault(message, nowMs);
    if (fault !== undefined) {
      this.#endWith(fault, nowMs);
      return;
    }
    const isReset = message.isSet(TAG.resetSeqNumFlag);
    if (isReset) {
      this.#sender.reset();
      this.#incoming.advanceTo(1);
    }
    const { expected } = this.#incoming;
    if (sequence < expected) {
      this.#endWith(lowText(expected, sequence), nowMs);
      return;
    }
    const interval = message.whole(TAG.heartBtInt) ?? 0;
    this.#heartbeat.start(interval, nowMs);
    this.#say.logon(interval, isReset, nowMs);
    this.#enter('loggedOn', nowMs);
    if (sequence === expected) this.#incoming.advanceTo(sequence + 1);
    else this.#askForGap(sequence, nowMs);
  }

  #logonFault(message: FixMessage, nowMs: number): string | undefined {
    const { heartBtIntMax, sendingTimeToleranceMs } = this.#settings;
    const text = logonFault(message, heartBtIntMax);
    if (text !== undefined) return text;
    const fault = timeFault(message, nowMs, sendingTimeToleranceMs) ?? fieldFault(message);
    if (fault !== undefined) return `${fault.text}: tag ${fault.tag ?? 'none'}`;
    return this.#application.mayLogOn(message) ? undefined : 'Username or Password is wrong';
  }

  #answerLogout(nowMs: number): void {
    if (this.isLoggedOn) this.#say.logout(undefined, nowMs);
    this.#close('logged out');
  }

  /** Says why in a Logout, and ends. */
  #endWith(text: string, nowMs: number): void {
    this.#say.logout(text, nowMs);
    this.#close(text);
  }

  #close(reason: string): void {
    const { link } = this.#sender;
    this.disconnected();
    link?.close(reason);
  }

  #tooHigh(message: FixMessage, sequence: number, nowMs: number): void {
    // These two are answered at once: who waits for them sends nothing that would fill the gap.
    if (message.type === MSG.resendRequest) this.#serveResend(message, nowMs);
    if (message.type === MSG.logout) this.#answerLogout(nowMs);
    else this.#askForGap(sequence, nowMs);
  }

  #askForGap(sequence: number, nowMs: number): void {
    if (!this.#incoming.shouldAsk(sequence, nowMs, this.#settings.resendMs)) return;
    this.counts.resendsAsked += 1;
    this.#say.resendRequest(this.#incoming.expected, nowMs);
  }

  #tooLow(message: FixMessage, sequence: number, nowMs: number): void {
    if (!message.isSet(TAG.possDupFlag)) {
      this.#endWith(lowText(this.#incoming.expected, sequence), nowMs);
      return;
    }
    this.counts.duplicates += 1;
    this.#refuse(message, timeFault(message, nowMs, this.#settings.sendingTimeToleranceMs), nowMs);
  }

  #fillGap(message: FixMessage, sequence: number, nowMs: number): void {
    const next = message.whole(TAG.newSeqNo);
    const text = 'NewSeqNo must be above MsgSeqNum';
    if (next !== undefined && next > sequence) this.#incoming.advanceTo(next);
    else this.#refuse(message, faultAt(REJECT.valueIncorrect, TAG.newSeqNo, text), nowMs);
  }

  /** SequenceReset in reset mode: its own MsgSeqNum is not looked at. */
  #resetSequence(message: FixMessage, nowMs: number): void {
    const next = message.whole(TAG.newSeqNo);
    const text = `NewSeqNo must be ${this.#incoming.expected} or above`;
    if (next !== undefined && next >= this.#incoming.expected) this.#incoming.advanceTo(next);
    else this.#refuse(message, faultAt(REJECT.valueIncorrect, TAG.newSeqNo, text), nowMs);
  }

  #serveResend(message: FixMessage, nowMs: number): void {
    const range = resendRange(message, this.#sender.next - 1);
    if ('reason' in range) {
      this.#refuse(message, range, nowMs);
      return;
    }
    this.counts.resendsServed += 1;
    this.#sender.resend(range.first, range.last, nowMs);
  }

  #keepAlive(nowMs: number): void {
    const due = this.#heartbeat.due(this.#sender.lastMs, nowMs);
    if (due === 'dead') this.#close('no answer to a TestRequest');
    else if (due === 'heartbeat') this.#say.heartbeat(undefined, nowMs);
    else if (due === 'testRequest') {
      this.#heartbeat.asked(nowMs);
      this.#say.testRequest(nowMs);
    }
  }

  #answerTest(message: FixMessage, nowMs: number): void {
    const id = message.get(TAG.testReqId);
    const missing = faultAt(REJECT.requiredTagMissing, TAG.testReqId, 'required tag missing');
    if (id === undefined) this.#refuse(message, missing, nowMs);
    else this.#say.heartbeat(id, nowMs);
  }

  /** Sends a Reject for a fault, if there is one; a clock that is off ends the session. */
  #refuse(message: FixMessage, fault: MessageFault | undefined, nowMs: number): void {
    if (fault === undefined) return;
    this.counts.rejected += 1;
    this.#say.reject(message, fault, nowMs);
    if (fault.reason === REJECT.sendingTimeProblem) this.logOut(fault.text, nowMs);
  }

  #refuseIdentity(message: FixMessage, fault: MessageFault, nowMs: number): void {
    if (this.isLoggedOn && fault.reason === REJECT.compIdProblem) this.#refuse(message, fault, nowMs);
    this.#endWith(fault.text, nowMs);
  }

  #enter(phase: Phase, nowMs: number): void {
    this.#phase = phase;
    this.#sinceMs = nowMs;
  }
}

function lowText(expected: number, received: number): string {
  return `MsgSeqNum too low, expecting ${expected} but received ${received}`;
}
