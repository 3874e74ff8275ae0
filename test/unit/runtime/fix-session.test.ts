import { describe, expect, test } from 'vitest';
import type { FixField } from '../../../queue/runtime/gateways/fix/session/fix-message.ts';
import { FixDesk, loggedOn, START_MS } from '../../support/fix-desk.ts';
import { utc } from '../../support/fix-text.ts';

describe('Logon', () => {
  test('is answered, and its numbers begin at 1', () => {
    expect(new FixDesk().logOn().said()).toEqual(['35=A|34=1|108=30']);
    expect(loggedOn().session.sequences).toEqual({ incoming: 2, outgoing: 2 });
  });

  test.each<readonly [string, (desk: FixDesk) => unknown, readonly string[], string]>([
    ['another first message', (desk) => desk.say('D', 1), [], 'the first message is no Logon'],
    [
      'no MsgSeqNum',
      (desk) => desk.say('A', '', [[98, '0']]),
      ['35=5|34=1'],
      'MsgSeqNum missing or no number',
    ],
    [
      'encryption',
      (desk) =>
        desk.say('A', 1, [
          [98, '1'],
          [108, '30'],
        ]),
      ['35=5|34=1'],
      'EncryptMethod must be 0',
    ],
    [
      'no HeartBtInt',
      (desk) => desk.say('A', 1, [[98, '0']]),
      ['35=5|34=1'],
      'HeartBtInt must be in 0 .. 3600',
    ],
    [
      'a negative HeartBtInt',
      (desk) =>
        desk.say('A', 1, [
          [98, '0'],
          [108, '-1'],
        ]),
      ['35=5|34=1'],
      'HeartBtInt must be in 0 .. 3600',
    ],
    [
      'a wrong password',
      (desk) =>
        desk.say('A', 1, [
          [98, '0'],
          [108, '30'],
          [554, 'wrong'],
        ]),
      ['35=5|34=1'],
      'Username or Password is wrong',
    ],
    [
      'a reset at 2',
      (desk) =>
        desk.say('A', 2, [
          [98, '0'],
          [108, '30'],
          [141, 'Y'],
        ]),
      ['35=5|34=1'],
      'ResetSeqNumFlag with a MsgSeqNum that is not 1',
    ],
    [
      'another SenderCompID',
      (desk) =>
        desk.say(
          'A',
          1,
          [
            [98, '0'],
            [108, '30'],
          ],
          [[49, 'OTHER']],
        ),
      ['35=5|34=1'],
      'SenderCompID is another',
    ],
    [
      'another version',
      (desk) =>
        desk.say(
          'A',
          1,
          [
            [98, '0'],
            [108, '30'],
          ],
          [[8, 'FIX.4.2']],
        ),
      ['35=5|34=1'],
      'BeginString must be FIX.4.4',
    ],
    [
      'a clock that is off',
      (desk) =>
        desk.say(
          'A',
          1,
          [
            [98, '0'],
            [108, '30'],
          ],
          [[52, utc(START_MS - 121_000)]],
        ),
      ['35=5|34=1'],
      'SendingTime accuracy problem: tag 52',
    ],
  ])('with %s ends the connection', (_, misbehave, said, reason) => {
    const desk = new FixDesk().connect();
    misbehave(desk);
    expect(desk.closed).toEqual([reason]);
    if (said.length > 0) expect(desk.text()).toBe(reason);
    expect(desk.said()).toEqual(said);
    expect(desk.session.isConnected).toBe(false);
  });

  test('that does not come ends the connection', () => {
    const desk = new FixDesk().connect().later(10_000);
    expect(desk.closed).toEqual([]);
    expect(desk.later(1).closed).toEqual(['no Logon']);
  });

  test('goes on with the numbers of the last connection, and may begin again at 1', () => {
    const desk = loggedOn();
    desk.say('0', 2);
    desk.session.disconnected();
    desk.logOn(3);
    expect(desk.said()).toEqual(['35=A|34=2|108=30']);
    desk.session.disconnected();
    desk.connect().say('A', 1, [
      [98, '0'],
      [108, '30'],
      [141, 'Y'],
    ]);
    expect(desk.said()).toEqual(['35=A|34=1|108=30|141=Y']);
    expect(desk.session.sequences).toEqual({ incoming: 2, outgoing: 2 });
  });

  test('with a number that is too high asks for what is missing; too low, it is refused', () => {
    const desk = new FixDesk().logOn(5);
    expect(desk.said()).toEqual(['35=A|34=1|108=30', '35=2|34=2|7=1|16=0']);
    desk.session.disconnected();
    const low = loggedOn();
    low.session.disconnected();
    low.logOn(1);
    expect(low.text()).toBe('MsgSeqNum too low, expecting 2 but received 1');
    expect(low.said()).toEqual(['35=5|34=2']);
    expect(low.session.isConnected).toBe(false);
  });
});

describe('a message at fault', () => {
  test.each<readonly [string, FixField[], string]>([
    ['without a value', [[58, '']], '371=58|373=4'],
    [
      'with a tag twice',
      [
        [11, 'a'],
        [11, 'b'],
      ],
      '371=11|373=13',
    ],
    ['with no tag', [[0, 'x']], '373=0'],
    ['that the application refuses', [[11, 'faulty']], '371=11|373=5'],
  ])('%s is rejected and has its number', (_, fields, fault) => {
    const desk = loggedOn().say('D', 2, fields);
    expect(desk.said()).toEqual([`35=3|34=2|45=2|${fault}`]);
    expect(desk.session.sequences.incoming).toBe(3);
    expect(desk.session.counts.rejected).toBe(1);
  });

  test('of no known type is rejected; of a known one the application decides', () => {
    const desk = loggedOn().say('ZZ', 2).say('AE', 3);
    expect(desk.said()).toEqual(['35=3|34=2|45=2|371=35|373=11']);
    expect(desk.received).toEqual(['3']);
  });

  test('a second Logon is rejected', () => {
    expect(
      loggedOn()
        .say('A', 2, [
          [98, '0'],
          [108, '30'],
        ])
        .said(),
    ).toEqual(['35=3|34=2|45=2|371=35|373=5']);
  });

  test('a clock that is off is rejected, and the session ends', () => {
    const desk = loggedOn().say('D', 2, [[11, 'a']], [[52, utc(START_MS + 121_000)]]);
    expect(desk.said()).toEqual(['35=3|34=2|45=2|371=52|373=10', '35=5|34=3']);
    expect(desk.received).toEqual([]);
    desk.say('5', 3);
    expect(desk.closed).toEqual(['logged out']);
    expect(desk.said()).toEqual([]);
  });

  test.each<readonly [string, FixField[], readonly string[]]>([
    ['another SenderCompID', [[49, 'OTHER']], ['35=3|34=2|45=2|371=49|373=9', '35=5|34=3']],
    ['another TargetCompID', [[56, 'OTHER']], ['35=3|34=2|45=2|371=56|373=9', '35=5|34=3']],
    ['another BeginString', [[8, 'FIX.4.3']], ['35=5|34=2']],
    ['no MsgSeqNum', [[34, '']], ['35=5|34=2']],
  ])('%s ends the session', (_, head, said) => {
    const desk = loggedOn().say('D', 2, [], head);
    expect(desk.said()).toEqual(said);
    expect(desk.session.isConnected).toBe(false);
    expect(desk.received).toEqual([]);
  });
});

describe('Logout', () => {
  test('is answered, and ends the session', () => {
    const desk = loggedOn().say('5', 2);
    expect(desk.said()).toEqual(['35=5|34=2']);
    expect(desk.closed).toEqual(['logged out']);
    expect(desk.session.sequences.incoming).toBe(3);
  });

  test('behind a gap is answered too, and the gap is found at the next Logon', () => {
    const desk = loggedOn().say('5', 9);
    expect(desk.said()).toEqual(['35=5|34=2']);
    expect(desk.session.sequences.incoming).toBe(2);
  });

  test('of ours waits for the answer, not for ever', () => {
    const desk = loggedOn();
    desk.session.logOut('the venue closes', desk.nowMs);
    expect(desk.said()).toEqual(['35=5|34=2']);
    expect(desk.later(10_000).closed).toEqual([]);
    expect(desk.later(1).closed).toEqual(['no Logout']);
  });
});
