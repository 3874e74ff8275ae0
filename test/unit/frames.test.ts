import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ATTACHMENT_BYTES_MAX,
  encodeFrame,
  FrameDecoder,
  type FrameHeader,
  HEADER_BYTES_MAX,
} from '../../prover/sdk/frames.ts';
import { expectRefusal } from '../support/expect-refusal.ts';
import { SEED } from '../support/seed.ts';

const headers = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { maxKeys: 5 }).map((header) => {
  const { attachments, ...rest } = header;
  return JSON.parse(JSON.stringify(rest)) as FrameHeader;
});
const frames = fc.record({
  header: headers,
  attachments: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }),
});

const joined = (chunks: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(chunks));

/** The bytes of a frame whose header is any text, for what the encoder would never write. */
function rawFrame(header: string | Uint8Array, declaredLength?: number): Uint8Array {
  const json = Buffer.from(header as string);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(declaredLength ?? json.length);
  return joined([length, json]);
}

describe('frame codec (prover/host/PROTOCOL.md)', () => {
  test('writes a u32 length, the JSON with the attachment lengths, then the attachments', () => {
    const bytes = joined(encodeFrame({ id: 7 }, [Uint8Array.of(1, 2), Uint8Array.of()]));
    const json = '{"id":7,"attachments":[2,0]}';
    expect(Buffer.from(bytes).toString('latin1')).toBe(
      `${String.fromCharCode(json.length)}\0\0\0${json}\x01\x02`,
    );
  });

  test('reads back a stream of frames wherever it is cut in two', () => {
    fc.assert(
      fc.property(fc.array(frames, { minLength: 1, maxLength: 3 }), (sent) => {
        const stream = joined(sent.flatMap(({ header, attachments }) => encodeFrame(header, attachments)));
        for (let cut = 0; cut <= stream.length; cut++) {
          const decoder = new FrameDecoder();
          const received = [...decoder.push(stream.subarray(0, cut)), ...decoder.push(stream.subarray(cut))];
          expect(decoder.isBetweenFrames).toBe(true);
          expect(received).toEqual(sent);
        }
      }),
      { seed: SEED, numRuns: 15 },
    );
  });

  test('reads back a stream that arrives in random pieces, or byte by byte', () => {
    fc.assert(
      fc.property(
        fc.array(frames, { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 50 })),
        (sent, sizes) => {
          const stream = joined(sent.flatMap(({ header, attachments }) => encodeFrame(header, attachments)));
          for (const pieces of [sizes, []]) {
            const decoder = new FrameDecoder();
            const received = [];
            let offset = 0;
            for (let piece = 0; offset < stream.length; piece++) {
              const size = pieces[piece] ?? 1;
              received.push(...decoder.push(stream.subarray(offset, offset + size)));
              offset += size;
            }
            expect(decoder.isBetweenFrames).toBe(true);
            expect(received).toEqual(sent);
          }
        },
      ),
      { seed: SEED, numRuns: 60 },
    );
  });

  test('what it returns is its own: reusing the read buffer does not change a frame', () => {
    const buffer = joined(encodeFrame({ id: 1 }, [Uint8Array.of(5, 6, 7)]));
    const [frame] = new FrameDecoder().push(buffer);
    buffer.fill(0);
    expect(frame?.attachments).toEqual([Uint8Array.of(5, 6, 7)]);
  });

  test('knows whether the stream may end here', () => {
    const stream = joined(encodeFrame({ id: 1 }, [Uint8Array.of(9, 9)]));
    for (let cut = 0; cut <= stream.length; cut++) {
      const decoder = new FrameDecoder();
      decoder.push(stream.subarray(0, cut));
      expect(decoder.isBetweenFrames).toBe(cut === 0 || cut === stream.length);
    }
  });

  test.each<[string, Uint8Array, string]>([
    ['a header of no bytes', rawFrame('', 0), 'headerLength'],
    ['a header of one byte', rawFrame('{', 1), 'headerLength'],
    ['a header over the limit', rawFrame('', HEADER_BYTES_MAX + 1), 'headerLength'],
    ['a header of 4 GiB', rawFrame('', 0xffffffff), 'headerLength'],
    ['no JSON', rawFrame('{"id":1'), 'header'],
    ['no UTF-8', rawFrame(Buffer.from('{"id":"\xff"}', 'latin1')), 'header'],
    ['an array', rawFrame('[1,2]'), 'header'],
    ['null', rawFrame('null'), 'header'],
    ['a number', rawFrame('42'), 'header'],
    ['attachments that are no array', rawFrame('{"attachments":4}'), 'attachments'],
    ['a negative length', rawFrame('{"attachments":[-1]}'), 'attachments[0]'],
    ['a fractional length', rawFrame('{"attachments":[1,0.5]}'), 'attachments[1]'],
    ['a length in words', rawFrame('{"attachments":["4"]}'), 'attachments[0]'],
    ['a length past 2^53', rawFrame('{"attachments":[1e300]}'), 'attachments[0]'],
    ['attachments over the limit', rawFrame(`{"attachments":[${ATTACHMENT_BYTES_MAX},1]}`), 'attachments'],
  ])('refuses %s before it waits for more bytes', (_name, bytes, field) => {
    const whole = new FrameDecoder();
    const bytewise = new FrameDecoder();
    expectRefusal(() => whole.push(bytes), 'FRAME_MALFORMED', { field });
    expectRefusal(() => [...bytes].map((byte) => bytewise.push(Uint8Array.of(byte))), 'FRAME_MALFORMED', {
      field,
    });
  });

  test('refuses to write what the other side would refuse to read', () => {
    const header = { text: 'x'.repeat(HEADER_BYTES_MAX) };
    expectRefusal(() => encodeFrame(header), 'FRAME_MALFORMED', { field: 'headerLength' });
    const half = new Uint8Array(ATTACHMENT_BYTES_MAX / 2 + 1);
    expectRefusal(() => encodeFrame({}, [half, half]), 'FRAME_MALFORMED', { field: 'attachments' });
  });
});
