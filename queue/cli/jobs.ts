import { existsSync } from 'node:fs';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { DataDirectory, dataPaths } from '../store/data-directory.ts';
import { JOB_STATES, type JobRow } from '../store/job-row.ts';
import { oneOf, parseCommandLine, required, wholeNumber } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';

const ACTIONS = ['list', 'cancel', 'requeue', 'prune', 'pause', 'resume'] as const;
const DAY_MS = 86_400_000;
const DAYS_MAX = 36_500;

/** What one action answers, as `--json` prints it. */
type Answer = Readonly<Record<string, unknown>>;

interface JobsOptions {
  readonly jobId: string | undefined;
  readonly state: string | undefined;
  readonly olderThanDays: string;
  readonly reason: string;
}

/** `proofbook jobs`: what an operator does with the jobs of a data directory, whether its broker runs or not. */
export async function runJobs(args: readonly string[], output: Output): Promise<number> {
  const { values, positionals } = parseCommandLine(
    args,
    {
      data: { type: 'string' },
      state: { type: 'string' },
      'older-than-days': { type: 'string', default: '30' },
      reason: { type: 'string', default: 'asked for on the command line' },
      json: { type: 'boolean', default: false },
    },
    true,
  );
  const action = oneOf('ACTION', required('ACTION', positionals[0]), ACTIONS);
  const root = required('--data', values.data);
  // Opening a directory makes what is not there: a mistyped name must leave nothing behind.
  if (!existsSync(dataPaths(root).rows)) {
    throw new ProofbookError('FILE_UNREADABLE', {
      path: dataPaths(root).rows,
      reason: 'there is no such file',
    });
  }
  const directory = new DataDirectory(root);
  try {
    const answer = act(directory, action, {
      jobId: positionals[1],
      state: values.state,
      olderThanDays: values['older-than-days'],
      reason: values.reason,
    });
    output.result(values.json ? JSON.stringify(answer) : asText(answer));
    return EXIT_CODES.success;
  } finally {
    directory.close();
  }
}

function act(directory: DataDirectory, action: (typeof ACTIONS)[number], options: JobsOptions): Answer {
  const { controls, rows } = directory;
  const { state, reason } = options;
  const jobId = () => required('JOB', options.jobId);
  switch (action) {
    case 'list':
      return {
        ...controls.queueSwitch(),
        jobs: controls.list(state === undefined ? state : oneOf('--state', state, JOB_STATES)).map(asJson),
      };
    case 'cancel':
      controls.cancel(jobId(), reason);
      return asJson(rows.get(jobId()));
    case 'requeue':
      controls.requeue(jobId(), reason);
      return asJson(rows.get(jobId()));
    case 'prune': {
      const days = wholeNumber('--older-than-days', options.olderThanDays, 0, DAYS_MAX);
      return { ...controls.prune(Date.now() - days * DAY_MS) };
    }
    case 'pause':
      controls.pause(reason);
      return { ...controls.queueSwitch() };
    case 'resume':
      controls.resume(reason);
      return { ...controls.queueSwitch() };
  }
}

function asJson(row: JobRow): Answer {
  const { jobId, batchNumber, state, receiptKind, priority, tenant, errorCode, errorMessage } = row;
  return {
    jobId,
    batchNumber: String(batchNumber),
    state,
    receiptKind,
    priority,
    tenant,
    errorCode: errorCode ?? null,
    errorMessage: errorMessage ?? null,
    createdAtMs: row.createdAtMs,
    updatedAtMs: row.updatedAtMs,
  };
}

function asText(answer: Answer): string {
  const { jobs, ...rest } = answer;
  const lines = Array.isArray(jobs) ? jobs.map((job: Answer) => line(job)) : [];
  return [line(rest), ...lines].join('\n');
}

function line(answer: Answer): string {
  return Object.entries(answer)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');
}
