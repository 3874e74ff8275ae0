import { describe, expect, test } from 'vitest';
import { dup, FixDesk, loggedOn, START_MS } from '../../support/fix-desk.ts';
import { shown, utc } from '../../support/fix-text.ts';

describe('sequence numbers', () => {
  test('too high: the gap is asked for once, and its messages are taken in order', () => {
    const desk = loggedOn();
    desk.say('D', 4, [[11, 'c']]).say('D', 5, [[11, 'd']]);
    expect(desk.said()).toEqual(['35=2|34=2|7=2|16=0']);
    expect(desk.received).toEqual([]);
    desk.say('D', 2, [[11, 'a']], dup(desk)).say(
      '4',
      3,
      [
        [123, 'Y'],
        [36, '4'],
      ],
      dup(desk),
    );
    desk
      .say('D', 4, [[11, 'c']], dup(desk))
      .say('D', 5, [[11, 'd']], dup(desk))
      .say('D', 6, [[11, 'e']]);
    expect(desk.said()).toEqual([]);
    expect(desk.received).toEqual(['2 a', '4 c', '5 d', '6 e']);
    desk.say('D', 8, [[11, 'g']]);
    expect(desk.said()).toEqual(['35=2|34=3|7=7|16=0']);
    desk.later(29_000).say('D', 9);
    expect(desk.said()).toEqual([]);
    desk.nowMs += 2000;
    desk.say('D', 10);
    expect(desk.said()).toEqual(['35=2|34=4|7=7|16=0']);
  });

  test('too high again on the next connection: what was asked for on the last one comes no more', () => {
    const desk = loggedOn().say('D', 4);
    desk.session.disconnected();
    desk.said();
    desk.logOn(5);
    expect(desk.said()).toEqual(['35=A|34=3|108=30', '35=2|34=4|7=2|16=0']);
  });

  test('too low: a possible duplicate is passed over, anything else ends the session', () => {
    const desk = loggedOn();
    desk.say('D', 2, [[11, 'a']]).say('D', 2, [[11, 'a']], dup(desk));
    expect(desk.received).toEqual(['2 a']);
    expect(desk.session.counts.duplicates).toBe(1);
    desk.say('D', 2, [[11, 'b']]);
    expect(desk.text()).toBe('MsgSeqNum too low, expecting 3 but received 2');
    expect(desk.closed).toEqual(['MsgSeqNum too low, expecting 3 but received 2']);
    expect(desk.received).toEqual(['2 a']);
  });

  test('a duplicate must say when it was sent first, and not after it was sent again', () => {
    const desk = loggedOn();
    desk.say('D', 1, [], [[43, 'Y']]);
    expect(desk.said()).toEqual(['35=3|34=2|45=1|371=122|373=1']);
    desk.say(
      'D',
      1,
      [],
      [
        [43, 'Y'],
        [122, utc(desk.nowMs + 1000)],
      ],
    );
    expect(desk.said()).toEqual(['35=3|34=3|45=1|371=122|373=10', '35=5|34=4']);
  });

  test('SequenceReset: a gap fill in sequence, a reset whatever its number, neither downwards', () => {
    const desk = loggedOn();
    desk.say('4', 2, [
      [123, 'Y'],
      [36, '7'],
    ]);
    expect(desk.session.sequences.incoming).toBe(7);
    desk.say('4', 7, [
      [123, 'Y'],
      [36, '7'],
    ]);
    expect(desk.said()).toEqual(['35=3|34=2|45=7|371=36|373=5']);
    desk.say('4', 99, [
      [123, 'Y'],
      [36, '100'],
    ]);
    expect(desk.said()).toEqual(['35=2|34=3|7=8|16=0']);
    desk.say('4', 1, [[36, '20']]);
    expect(desk.session.sequences.incoming).toBe(20);
    desk.say('4', 1, [[36, '19']]);
    expect(desk.said()).toEqual(['35=3|34=4|45=1|371=36|373=5']);
    expect(desk.session.sequences.incoming).toBe(20);
  });
});

describe('ResendRequest', () => {
  const busy = () => {
    const desk = loggedOn();
    for (const id of ['a', 'b']) desk.session.send('8', [[11, id]], desk.nowMs);
    desk.say('1', 2, [[112, 't']]);
    desk.session.send('8', [[11, 'c']], desk.nowMs);
    desk.said();
    return desk;
  };

  test('is answered by what was sent, and gap fills for the rest', () => {
    const desk = busy();
    desk.nowMs += 5000;
    desk.say('2', 3, [
      [7, '1'],
      [16, '0'],
    ]);
    expect(desk.heard.map((text) => shown(text, [122]))).toEqual(
      Array.from(
        { length: 5 },
        (_, index) => `122=${utc(START_MS + (index === 0 || index === 3 ? 5000 : 0))}`,
      ),
    );
    expect(desk.said()).toEqual([
      '35=4|34=1|43=Y|123=Y|36=2',
      '35=8|34=2|43=Y|11=a',
      '35=8|34=3|43=Y|11=b',
      '35=4|34=4|43=Y|123=Y|36=5',
      '35=8|34=5|43=Y|11=c',
    ]);
    desk.say('2', 4, [
      [7, '3'],
      [16, '4'],
    ]);
    expect(desk.said()).toEqual(['35=8|34=3|43=Y|11=b', '35=4|34=4|43=Y|123=Y|36=5']);
    expect(desk.session.sequences.outgoing).toBe(6);
  });

  test('gets gap fills for what was forgotten, which is counted', () => {
    const desk = busy();
    for (const id of ['d', 'e']) desk.session.send('8', [[11, id]], desk.nowMs);
    desk.said();
    desk.say('2', 3, [
      [7, '1'],
      [16, '0'],
    ]);
    expect(desk.said()).toEqual([
      '35=4|34=1|43=Y|123=Y|36=5',
      '35=8|34=5|43=Y|11=c',
      '35=8|34=6|43=Y|11=d',
      '35=8|34=7|43=Y|11=e',
    ]);
    expect(desk.session.forgotten).toBe(2);
  });

  test('with a range that cannot be is rejected', () => {
    const desk = busy();
    desk
      .say('2', 3, [
        [7, '0'],
        [16, '0'],
      ])
      .say('2', 4, [
        [7, '9'],
        [16, '0'],
      ])
      .say('2', 5, [
        [7, '3'],
        [16, '2'],
      ]);
    expect(desk.said().map((text) => text.replace(/34=\d+\|/, ''))).toEqual([
      '35=3|45=3|371=7|373=5',
      '35=3|45=4|371=7|373=5',
      '35=3|45=5|371=16|373=5',
    ]);
  });

  test('that itself comes behind a gap is answered at once: both sides may miss something', () => {
    const desk = busy();
    desk.say('2', 9, [
      [7, '5'],
      [16, '0'],
    ]);
    expect(desk.said()).toEqual(['35=8|34=5|43=Y|11=c', '35=2|34=6|7=3|16=0']);
  });

  test('brings what was sent while nobody was there', () => {
    const desk = loggedOn();
    desk.session.disconnected();
    desk.session.send('8', [[11, 'late']], desk.nowMs);
    desk.logOn(2);
    expect(desk.said()).toEqual(['35=A|34=3|108=30']);
    desk.say('2', 3, [
      [7, '2'],
      [16, '0'],
    ]);
    expect(desk.said()).toEqual(['35=8|34=2|43=Y|11=late', '35=4|34=3|43=Y|123=Y|36=4']);
  });
});

describe('life signs', () => {
  test('a heartbeat when nothing was sent for as long as agreed', () => {
    const desk = loggedOn();
    expect(desk.later(29_999).said()).toEqual([]);
    expect(desk.later(1).said()).toEqual(['35=0|34=2']);
    expect(desk.later(1).said()).toEqual([]);
  });

  test('a TestRequest when nothing came, and the end when nothing comes then', () => {
    const desk = loggedOn().later(35_999);
    desk.said();
    expect(desk.later(1).said()).toEqual([`35=1|34=3|112=alive-${desk.nowMs}`]);
    desk.later(35_999);
    expect(desk.closed).toEqual([]);
    expect(desk.later(1).closed).toEqual(['no answer to a TestRequest']);
  });

  test('whatever comes is a sign of life', () => {
    const desk = loggedOn().later(36_000);
    desk.say('0', 2, [[112, 'x']]).later(35_999);
    expect(desk.closed).toEqual([]);
    desk.later(1);
    expect(desk.closed).toEqual([]);
    expect(desk.said().filter((text) => text.startsWith('35=1'))).toHaveLength(2);
  });

  test('none are wanted with HeartBtInt 0', () => {
    const desk = new FixDesk().logOn(1, '0');
    desk.said();
    expect(desk.later(1e9).said()).toEqual([]);
    expect(desk.closed).toEqual([]);
  });

  test('a TestRequest is answered with its id', () => {
    expect(
      loggedOn()
        .say('1', 2, [[112, 'hello']])
        .said(),
    ).toEqual(['35=0|34=2|112=hello']);
    expect(loggedOn().say('1', 2).said()).toEqual(['35=3|34=2|45=2|371=112|373=1']);
  });
});
