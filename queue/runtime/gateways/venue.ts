import { Pipeline } from '../pipeline/pipeline.ts';
import { BinaryGateway } from './binary/binary-gateway.ts';
import { AccountKeys } from './desk/account-keys.ts';
import { DeskLoop } from './desk/desk-loop.ts';
import { OrderDesk } from './desk/order-desk.ts';
import { FixGateway } from './fix/fix-gateway.ts';
import type { VenueConfig } from './venue-config.ts';

/** An engine's thread that gives no sign of life for as long hangs; a busy machine may keep a good one waiting. */
const HANG_MS = 2000;

/** A pipeline, a desk, and the gateways that a file asks for: what `proofbook gateway` runs. */
export class Venue {
  readonly pipeline: Pipeline;
  readonly #desk: OrderDesk;
  readonly #loop: DeskLoop;
  binary: BinaryGateway | undefined;
  fix: FixGateway | undefined;

  private constructor(pipeline: Pipeline) {
    this.pipeline = pipeline;
    this.#desk = new OrderDesk(pipeline);
    this.#loop = new DeskLoop(this.#desk, pipeline.rings.batches.words);
  }

  /** @throws what `Pipeline.start` throws; GATEWAY_UNAVAILABLE */
  static async open(config: VenueConfig): Promise<Venue> {
    const { geometry, market, journalPath, policy, standby, telemetryPath } = config;
    const pipeline = await Pipeline.start({
      geometry,
      market,
      journalPath,
      durability: 'synced',
      policy,
      standby,
      hangMs: HANG_MS,
      ...(telemetryPath === undefined ? {} : { telemetryPath }),
    });
    const venue = new Venue(pipeline);
    try {
      await venue.#listen(config);
    } catch (error) {
      await venue.close();
      throw error;
    }
    return venue;
  }

  /** Sends clients away, and stops when all that they sent is journalled. */
  async close(): Promise<void> {
    await this.binary?.close();
    await this.fix?.close();
    await this.pipeline.stop();
    await this.#loop.stop();
  }

  async #listen({ binary, fix, keys, market }: VenueConfig): Promise<void> {
    const accountKeys = new AccountKeys();
    for (const { account, sha256 } of keys) accountKeys.addDigest(account, Buffer.from(sha256, 'hex'));
    const { isKeyOf } = accountKeys;
    if (binary !== undefined)
      this.binary = await BinaryGateway.listen(this.#desk, this.#loop, {
        ...binary,
        marketId: market.marketId,
        isKeyOf,
      });
    if (fix !== undefined)
      this.fix = await FixGateway.listen(this.#desk, this.#loop, { ...fix, market, isKeyOf });
  }
}
