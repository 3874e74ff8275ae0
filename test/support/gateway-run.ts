import { join } from 'node:path';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import {
  BinaryGateway,
  type BinaryGatewayOptions,
} from '../../queue/runtime/gateways/binary/binary-gateway.ts';
import { AccountKeys } from '../../queue/runtime/gateways/desk/account-keys.ts';
import { DeskLoop } from '../../queue/runtime/gateways/desk/desk-loop.ts';
import { OrderDesk } from '../../queue/runtime/gateways/desk/order-desk.ts';
import {
  FixGateway,
  type FixGatewayOptions,
  type FixClient as FixVenueClient,
} from '../../queue/runtime/gateways/fix/fix-gateway.ts';
import { Pipeline, type PipelineOptions } from '../../queue/runtime/pipeline/pipeline.ts';
import { temporaryDirectory } from './pipeline-run.ts';

/** A key that opens an account of `DeskRun`. */
export function keyOf(account: number): Uint8Array {
  return new Uint8Array(32).fill(account + 1);
}

/** What a FIX client of `DeskRun` logs on with. */
export function passwordOf(compId: string): string {
  return `secret of ${compId}`;
}

/** A pipeline with a desk in this thread, and whatever gateways a test opens on it. */
export class DeskRun {
  readonly pipeline: Pipeline;
  readonly desk: OrderDesk;
  readonly loop: DeskLoop;
  readonly journalPath: string;
  readonly keys = new AccountKeys();
  readonly #directory: ReturnType<typeof temporaryDirectory>;
  readonly #closers: (() => Promise<void>)[] = [];

  private constructor(
    pipeline: Pipeline,
    directory: ReturnType<typeof temporaryDirectory>,
    journalPath: string,
  ) {
    this.pipeline = pipeline;
    this.#directory = directory;
    this.journalPath = journalPath;
    this.desk = new OrderDesk(pipeline);
    this.loop = new DeskLoop(this.desk, pipeline.rings.batches.words);
    for (const account of [1, 2, 3]) this.keys.add(account, keyOf(account));
  }

  static async start(options: Partial<PipelineOptions> = {}): Promise<DeskRun> {
    const directory = temporaryDirectory();
    const journalPath = join(directory.path, 'journal');
    const pipeline = await Pipeline.start({
      geometry: 'circuit',
      market: DEFAULT_MARKET_CONFIG,
      journalPath,
      durability: 'synced',
      policy: 'park',
      standby: false,
      ...options,
    });
    return new DeskRun(pipeline, directory, journalPath);
  }

  async binary(options: Partial<BinaryGatewayOptions> = {}): Promise<BinaryGateway> {
    const gateway = await BinaryGateway.listen(this.desk, this.loop, {
      host: '127.0.0.1',
      port: 0,
      sessionsMax: 32,
      marketId: DEFAULT_MARKET_CONFIG.marketId,
      isKeyOf: this.keys.isKeyOf,
      ...options,
    });
    this.onStop(() => gateway.close());
    return gateway;
  }

  /** FIX for the CompIDs ONE, TWO and THREE, whose accounts are 1, 2 and 3 and whose passwords `passwordOf` gives. */
  async fix(options: Partial<FixGatewayOptions> = {}): Promise<FixGateway> {
    const client = (compId: string, account: number): FixVenueClient => {
      this.keys.add(account, Buffer.from(passwordOf(compId)));
      return { compId, account, selfTradeMode: 'none' };
    };
    const gateway = await FixGateway.listen(this.desk, this.loop, {
      host: '127.0.0.1',
      port: 0,
      compId: 'VENUE',
      clients: [client('ONE', 1), client('TWO', 2), client('THREE', 3)],
      connectionsMax: 16,
      market: DEFAULT_MARKET_CONFIG,
      symbol: 'TEST',
      isKeyOf: this.keys.isKeyOf,
      ...options,
    });
    this.onStop(() => gateway.close());
    return gateway;
  }

  /** To be called first when the run stops, the last one first. */
  onStop(close: () => Promise<void>): void {
    this.#closers.unshift(close);
  }

  async stop(): Promise<void> {
    for (const close of this.#closers) await close();
    await this.pipeline.stop();
    await this.loop.stop();
  }

  /** Removes the journal, too. */
  remove(): void {
    this.#directory.remove();
  }
}
