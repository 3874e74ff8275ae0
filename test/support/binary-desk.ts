import { expect } from 'vitest';
import { encodeCommands, type PlaceCommand } from '../../engine/command.ts';
import type { SideName } from '../../engine/protocol-codes.ts';
import type { BinaryGateway } from '../../queue/runtime/gateways/binary/binary-gateway.ts';
import { BinaryClient } from './binary-client.ts';
import { DeskRun, keyOf } from './gateway-run.ts';
import { until } from './until.ts';

const order =
  (side: SideName) =>
  (account: number, clientOrderId: bigint, price: bigint, quantity = 5n): PlaceCommand => ({
    kind: 'place',
    side,
    timeInForce: 'GTC',
    account,
    clientOrderId,
    price,
    quantity,
  });

/** A limit order to buy, of 5 lots unless said otherwise. */
export const bid = order('bid');
/** The same to sell. */
export const ask = order('ask');

/** A pipeline with its desk, a binary gateway in front of it, and the clients that a test connects. */
export class BinaryDesk {
  readonly run: DeskRun;
  readonly gateway: BinaryGateway;
  readonly #clients: BinaryClient[] = [];

  static async start(): Promise<BinaryDesk> {
    const run = await DeskRun.start();
    return new BinaryDesk(run, await run.binary());
  }

  private constructor(run: DeskRun, gateway: BinaryGateway) {
    this.run = run;
    this.gateway = gateway;
  }

  /** A connected client; welcomed as an account if one is given. */
  async client(account?: number, port = this.gateway.port): Promise<BinaryClient> {
    const made = await BinaryClient.connect(port);
    this.#clients.push(made);
    if (account === undefined) return made;
    made.hello(account, keyOf(account));
    await until(() => made.frames.length > 0);
    return made;
  }

  /** How many commands the journal has. */
  journalled(): number {
    return this.run.pipeline.telemetry.counter('orders_total').value;
  }

  /** Somebody else still trades: what the bad client did was noticed by nobody. */
  async expectServed(): Promise<void> {
    const before = this.journalled();
    const other = await this.client(3);
    other.send(encodeCommands([bid(3, 9n, 200n)]));
    // A full book makes room for it first.
    await until(() => other.events.at(-1)?.transition.type === 'accepted');
    expect(other.events.at(-1)?.transition).toMatchObject({ account: 3, clientOrderId: 9n });
    // The engine counts a batch when it has handed it on.
    await until(() => this.journalled() === before + 1);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.socket.destroy();
    await this.run.stop();
    this.run.remove();
  }
}
