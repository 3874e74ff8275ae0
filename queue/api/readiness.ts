import { type Static, Type } from '@sinclair/typebox';
import { messageOf } from '../../engine/message-of.ts';
import type { Market } from '../broker/market.ts';
import type { MarketService } from '../broker/market-service.ts';
import { CLOSED } from './value-schemas.ts';

export const ReadinessSchema = Type.Object(
  {
    ready: Type.Boolean(),
    faults: Type.Array(Type.Object({ check: Type.String(), reason: Type.String() }, CLOSED)),
  },
  { ...CLOSED, description: 'Whether commands would be taken and proven now, and if not, why.' },
);
type Readiness = Static<typeof ReadinessSchema>;
type Fault = Readiness['faults'][number];

const PING_TIMEOUT_MS = 2_000;
// A living worker beats every five seconds.
const HEARTBEAT_LATE_MS = 20_000;

/** Looks whether the service can do its work: everything is tried, nothing is assumed. */
export async function readinessOf(service: MarketService): Promise<Readiness> {
  const faults: Fault[] = [];
  const check = async (name: string, look: () => unknown): Promise<void> => {
    try {
      await look();
    } catch (error) {
      faults.push({ check: name, reason: messageOf(error) });
    }
  };
  await check('workers', () => {
    const failure = service.workersFailure();
    if (failure !== undefined) throw failure;
  });
  await check('redis', () => requireNoEviction(service));
  for (const market of service.list()) {
    const id = market.config.marketId;
    await check(`market ${id} log`, () => {
      if (market.fault !== undefined) throw market.fault;
    });
    await check(`market ${id} sealing`, () => {
      const { delay } = market.sealer;
      if (delay !== undefined) throw new Error(`a batch cannot be stored: ${delay}`);
    });
    await check(`market ${id} store`, () => market.directory.batches.probeWrite());
    await check(`market ${id} queue`, () => withinTime(market.broker.ping()));
    await check(`market ${id} workers`, () => requireHeartbeats(market));
  }
  return { ready: faults.length === 0, faults };
}

function requireHeartbeats({ directory }: Market): void {
  const oldest = directory.batches.oldestHeartbeatMs();
  if (oldest === undefined) return;
  const lateMs = Date.now() - oldest;
  if (lateMs > HEARTBEAT_LATE_MS) throw new Error(`a worker has been silent for ${lateMs} ms`);
}

async function requireNoEviction({ backend, settings }: MarketService): Promise<void> {
  const { endpoint } = backend;
  if (endpoint.backend === 'embedded-postgres') return;
  const url =
    endpoint.backend === 'private-redis' ? endpoint.socketPath : (settings.environment.REDIS_URL ?? '');
  const { readEvictionPolicy } = await import('../redis/redis-url.ts');
  const policy = await withinTime(readEvictionPolicy(url, 'the queue'));
  if (policy !== 'noeviction') throw new Error(`maxmemory-policy is ${policy}: Redis may drop jobs`);
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_settle, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer within ${PING_TIMEOUT_MS} ms`)), PING_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
