import type { JobRow } from '../store/job-row.ts';

const PRIORITY_MAX = 9;
const TURNS_OF_PRIORITY = 200_000;

/**
 * BullMQ's priority of a job: 1 goes first, 2,097,152 is the last there is. Jobs of a higher priority come before all of a
 * lower one; within one, tenants take turns (`turn` of the row, job-rows.ts).
 *
 * @example queuePriority({ priority: 9, turn: 0 }) // 1
 */
export function queuePriority({ priority, turn }: Pick<JobRow, 'priority' | 'turn'>): number {
  // Whoever is so far behind shares the last turn: among those the queue's own order holds.
  return (PRIORITY_MAX - priority) * TURNS_OF_PRIORITY + Math.min(turn, TURNS_OF_PRIORITY - 1) + 1;
}
