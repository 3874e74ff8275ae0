/**
 * The stand-in prover: a child process that speaks the frames of the prover host (prover/host/PROTOCOL.md) and makes no
 * proof. It is for tests of the service, where it fails on purpose, by seed (fault-plan.ts), and everything that it answers
 * says `fake`. A prover takes it only when told to by name.
 */
import { writeSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../engine/message-of.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { encodeFrame, type Frame, FrameDecoder, type FrameHeader } from '../sdk/frames.ts';
import { type GuestImage, loadGuestImage } from '../sdk/image.ts';
import { FAKE_BACKEND_VERSION, FAKE_PARAMETERS, FAKE_PARAMETERS_DIGEST, fakeSeal } from './fake-identity.ts';
import { type Fault, FaultChooser, type FaultPlan, readFaultPlan } from './fault-plan.ts';
import { type BatchRun, runBatch } from './run-batch.ts';

const STDOUT = 1;
const MEMORY_LIMIT_BYTES = 1024 ** 3;
const SLOW_FACTOR = 20;
const SLOW_MIN_MS = 500;
const STEPS = 4;
const EXIT_CANCELED = 3;
const EXIT_OUT_OF_MEMORY = 4;

const image: GuestImage = loadGuestImage();
const plan: FaultPlan = readFaultPlan(process.env);
const chooser = new FaultChooser(plan);
const memoryLimitBytes = memoryLimit(process.argv);
const worker = process.ppid;
let running: number | undefined;

function send(header: FrameHeader, attachments: readonly Uint8Array[] = []): void {
  for (const chunk of encodeFrame(header, attachments)) {
    for (let at = 0; at < chunk.length; ) at += writeSync(STDOUT, chunk, at);
  }
}

function refuse(id: unknown, error: unknown): void {
  const known = error instanceof ProofbookError;
  const details = known ? error.details : {};
  const message = messageOf(error);
  send({ id, ok: false, error: { code: known ? error.code : 'HOST_INTERNAL', message, details } });
}

function hello(id: number): void {
  const result = {
    protocolVersion: 1,
    hostVersion: `fake ${FAKE_BACKEND_VERSION}`,
    backend: 'fake',
    backendVersion: FAKE_BACKEND_VERSION,
    parameters: FAKE_PARAMETERS,
    parametersDigest: FAKE_PARAMETERS_DIGEST,
    memoryLimitBytes,
    pid: process.pid,
  };
  send({ id, ok: true, result });
}

/** Runs the batch that the attachments are about. @throws IMAGE_MALFORMED, GUEST_TRAPPED */
function runOf({ attachments }: Frame): { readonly witness: Uint8Array; readonly run: BatchRun } {
  const [elf, witness, ...others] = attachments;
  if (elf === undefined || witness === undefined || others.length > 0) {
    const reason = 'the stand-in takes an ELF and one witness';
    throw new ProofbookError('INVALID_FIELD', { field: 'attachments', value: attachments.length, reason });
  }
  if (!Buffer.from(elf).equals(image.elf)) {
    const reason = 'the stand-in knows the committed guest only';
    throw new ProofbookError('IMAGE_MALFORMED', { field: 'elf', value: `${elf.length} bytes`, reason });
  }
  return { witness, run: runBatch(witness) };
}

function execute(id: number, frame: Frame): void {
  const startedMs = performance.now();
  const { run } = runOf(frame);
  const result = {
    imageId: image.imageId,
    // Nothing was metered: no number is made up.
    instructionCount: 0,
    segments: [],
    traceCells: 0,
    paddedTraceCells: 0,
    publicValues: Buffer.from(run.publicValues).toString('hex'),
    executeDurationMs: performance.now() - startedMs,
  };
  send({ id, ok: true, result });
}

async function prove(id: number, frame: Frame): Promise<void> {
  const startedMs = performance.now();
  const { witness, run } = runOf(frame);
  const poisoned = plan.poisonedBatches.has(run.batchNumber);
  const fault: Fault | undefined = poisoned ? 'kill-worker' : chooser.next(witness);
  if (fault !== undefined) process.stderr.write(`batch ${run.batchNumber}: ${fault} on purpose\n`);
  const durationMs = fault === 'slow' ? Math.max(plan.delayMs * SLOW_FACTOR, SLOW_MIN_MS) : plan.delayMs;
  for (let step = 0; step < STEPS; step++) {
    send({ id, event: 'progress', stage: 'proving', done: step, total: STEPS });
    await delay(durationMs / STEPS);
    // Half way, as a crash would come.
    if (step === STEPS / 2 && fault !== undefined && (await failHalfWay(id, fault))) return;
  }
  const publicValues = run.publicValues.slice();
  const seal = fakeSeal(image.imageId, publicValues);
  if (fault === 'wrong-seal') seal.set([~(seal[0] ?? 0)], 0);
  if (fault === 'wrong-journal') publicValues.set([~(publicValues[0] ?? 0)], 0);
  const result = {
    imageId: image.imageId,
    kind: 'fake',
    publicValues: Buffer.from(publicValues).toString('hex'),
    segmentCount: 0,
    instructionCount: 0,
    traceCells: 0,
    paddedTraceCells: 0,
    proveDurationMs: performance.now() - startedMs,
    executeDurationMs: 0,
    peakMemoryBytes: null,
    parametersDigest: FAKE_PARAMETERS_DIGEST,
  };
  send({ id, ok: true, result }, [seal]);
}

/** Ends the proof in the way that is asked for; false when that way comes at its end. */
async function failHalfWay(id: number, fault: Fault): Promise<boolean> {
  switch (fault) {
    case 'crash':
      process.kill(process.pid, 'SIGKILL');
      return true;
    case 'kill-worker':
      // Only the one that started us: an orphan's parent is somebody else.
      if (process.ppid === worker) process.kill(worker, 'SIGKILL');
      return true;
    case 'hang':
      // Until the worker loses its patience: a cancel or the end of stdin ends this process.
      await new Promise(() => undefined);
      return true;
    case 'oom':
      refuse(id, new ProofbookError('OUT_OF_MEMORY', { method: 'prove', reason: 'on purpose' }));
      return process.exit(EXIT_OUT_OF_MEMORY);
    case 'corrupt-frame':
      writeSync(STDOUT, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x00));
      return true;
    default:
      return false;
  }
}

/** As the real host: what waits is dropped by the process's end, which the parent expects. */
function cancel(id: number, { header }: Frame): void {
  const { target } = header.params as { readonly target: number };
  const canceled = target === running;
  if (canceled) refuse(target, new ProofbookError('CANCELED', { method: 'prove' }));
  send({ id, ok: true, result: { canceled } });
  if (canceled) process.exit(EXIT_CANCELED);
}

async function answer(frame: Frame): Promise<void> {
  const id = Number(frame.header.id);
  running = id;
  try {
    if (frame.header.method === 'hello') hello(id);
    else if (frame.header.method === 'execute') execute(id, frame);
    else if (frame.header.method === 'prove') await prove(id, frame);
    else throw new ProofbookError('METHOD_UNKNOWN', { method: String(frame.header.method) });
  } catch (error) {
    refuse(id, error);
  }
  running = undefined;
}

function memoryLimit(args: readonly string[]): number {
  const given = Number(args[args.indexOf('--memory-limit-bytes') + 1]);
  return args.includes('--memory-limit-bytes') && given > 0 ? given : MEMORY_LIMIT_BYTES;
}

const decoder = new FrameDecoder();
let last: Promise<void> = Promise.resolve();
process.stdin.on('data', (chunk: Buffer) => {
  for (const frame of decoder.push(chunk)) {
    if (frame.header.method === 'cancel') cancel(Number(frame.header.id), frame);
    else last = last.then(() => answer(frame));
  }
});
process.stdin.once('end', () => process.exit(0));
