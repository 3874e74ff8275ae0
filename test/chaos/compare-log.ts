import { COMMAND_BYTES } from '../../engine/command.ts';
import { messageOf } from '../../engine/message-of.ts';
import { dataPaths } from '../../queue/store/data-directory.ts';
import type { MarketLogContent } from '../../queue/store/market-log-content.ts';
import type { LogComparison } from './check-round.ts';
import type { AckedRequest } from './http-client.ts';

/** Every accepted batch is in the log at its position, and nothing else is. */
export function batchesInOrder(accepted: readonly Uint8Array[]): LogComparison {
  return (_data, log, problems) => {
    const logged = log?.batches.map(({ commands }) => Buffer.from(commands).toString('hex')) ?? [];
    let lost = 0;
    for (const [index, commands] of accepted.entries()) {
      if (logged[index] === Buffer.from(commands).toString('hex')) continue;
      lost += 1;
      problems.push(`batch ${index + 1} was accepted and is not in its place in the log`);
    }
    const numbers = log?.batches.map(({ batchNumber }) => batchNumber) ?? [];
    const repeated = logged.length - new Set(logged).size + numbers.length - new Set(numbers).size;
    const surplus = Math.max(0, logged.length - accepted.length);
    if (repeated + surplus > 0)
      problems.push(`the log has ${repeated} repeated and ${surplus} surplus batches`);
    return { lost, doubled: Math.max(repeated, surplus) };
  };
}

/**
 * Every acknowledged request is in the log once, at the place that its ack named, those of one client in the order in which it sent
 * them, and nothing else is there.
 */
export function requestsInOrder(
  acked: readonly AckedRequest[],
  read: (path: string) => MarketLogContent,
): LogComparison {
  return (data, _log, problems) => {
    let content: MarketLogContent;
    try {
      content = read(dataPaths(data).commandLog);
    } catch (error) {
      problems.push(`the log cannot be read: ${messageOf(error)}`);
      return { lost: acked.length, doubled: 0 };
    }
    const records = Buffer.concat([
      ...content.batches.map(({ commands }) => commands),
      ...content.tail.map((part) => part.records),
    ]);
    let lost = 0;
    const lastOf = new Map<number, number>();
    for (const { client, idempotencyKey, firstCommandNumber, records: sent } of acked) {
      const at = (firstCommandNumber - 1) * COMMAND_BYTES;
      const isThere = records.subarray(at, at + sent.length).equals(sent);
      const isInOrder = firstCommandNumber > (lastOf.get(client) ?? 0);
      lastOf.set(client, firstCommandNumber);
      if (isThere && isInOrder) continue;
      lost += 1;
      problems.push(`${idempotencyKey} is not at command ${firstCommandNumber}, or behind a later one`);
    }
    const surplus = content.requests.length - acked.length;
    if (surplus > 0) problems.push(`the log has ${surplus} requests more than were acknowledged`);
    return { lost, doubled: Math.max(0, surplus) };
  };
}
