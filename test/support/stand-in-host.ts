import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { encodeFrame, type Frame, FrameDecoder, type FrameHeader } from '../../prover/sdk/frames.ts';

// A process that breaks the frame protocol on purpose, in the one way that its argument names. The real host cannot be
// made to do these things; everything else is tested against the real one.

const STDOUT = 1;

function send(header: FrameHeader): void {
  for (const chunk of encodeFrame(header)) writeSync(STDOUT, chunk);
}

function answer(id: unknown, result: Record<string, unknown> = {}): void {
  send({ id, ok: true, result });
}

const BEHAVIOURS: Readonly<Record<string, (frame: Frame) => void>> = {
  'answer-all': ({ header }) => answer(header.id, { method: header.method }),
  'no-frames': () => writeSync(STDOUT, 'HTTP/1.1 200 OK\r\n\r\n'),
  'huge-header': () => writeSync(STDOUT, Uint8Array.of(0xff, 0xff, 0xff, 0x7f)),
  'die-mid-frame': ({ header }) => {
    const bytes = Buffer.concat(encodeFrame({ id: header.id, ok: true, result: { text: 'x'.repeat(100) } }));
    writeSync(STDOUT, bytes.subarray(0, 40));
    process.exit(0);
  },
  'die-talking': () => {
    writeSync(2, 'warming up\nthread main panicked: no more luck\n');
    process.exit(7);
  },
  'unasked-answer': ({ header }) => answer(Number(header.id) + 1000),
  'answer-without-result': ({ header }) => send({ id: header.id, ok: true }),
  'error-without-code': ({ header }) => send({ id: header.id, ok: false, error: { message: 'no code' } }),
  'unknown-code': ({ header }) =>
    send({
      id: header.id,
      ok: false,
      error: { code: 'MADE_UP', message: 'what is this', details: { a: [1] } },
    }),
  'stream-error': () =>
    send({
      id: null,
      ok: false,
      error: {
        code: 'FRAME_MALFORMED',
        message: 'm',
        details: { field: 'headerLength', value: 9, rule: 'too odd' },
      },
    }),
  'progress-then-answer': ({ header }) => {
    send({ id: header.id, event: 'progress', stage: 'proving', done: 0, total: 2 });
    send({ id: header.id, event: 'progress', stage: 'proving', done: 1, total: 2 });
    answer(header.id);
  },
  'ignore-everything': () => {},
  'answer-in-spite-of-cancel': ({ header }) => {
    if (header.method !== 'cancel') return;
    const { target } = header.params as { target: number };
    answer(target);
    answer(header.id);
  },
  'progress-until-canceled': ({ header }) => {
    if (header.method !== 'cancel') {
      send({ id: header.id, event: 'progress', stage: 'proving', done: 0, total: 1 });
      return;
    }
    const { target } = header.params as { target: number };
    send({ id: target, ok: false, error: { code: 'CANCELED', message: 'canceled', details: {} } });
    answer(header.id);
  },
  'other-protocol': ({ header }) =>
    answer(header.id, {
      protocolVersion: 2,
      hostVersion: '9.9.9',
      backend: 'openvm',
      backendVersion: '2.0.2',
      parameters: {},
      parametersDigest: '00'.repeat(32),
      memoryLimitBytes: 1,
      pid: process.pid,
    }),
  'bad-hello': ({ header }) => answer(header.id, { protocolVersion: 1 }),
  'start-a-child': ({ header }) => {
    // A grandchild in the same group that holds stdout open: only a kill of the group ends it.
    const child = spawn('sleep', ['1000'], { stdio: 'inherit' });
    answer(header.id, { childPid: child.pid });
  },
};

const name = process.argv[2] ?? '';
const behave = BEHAVIOURS[name];
if (behave === undefined) throw new Error(`no behaviour is called "${name}"`);
const decoder = new FrameDecoder();
process.stdin.on('data', (chunk: Buffer) => {
  for (const frame of decoder.push(chunk)) behave(frame);
});
if (name === 'ignore-everything') setInterval(() => {}, 1000);
