import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeCommands } from '../../engine/command.ts';
import { Engine, type SealedBatch } from '../../engine/engine.ts';
import { hex } from '../../engine/hex.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import { DASHBOARD_CONTENT_SECURITY_POLICY, loadDashboardAssets } from '../../queue/api/dashboard-assets.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';

interface Job {
  state: string;
  stage: string;
  stageDone: number;
  stageTotal: number;
  receiptKind: string;
  proveDurationMs: number | null;
  errorCode: string | null;
  createdAtMs: number;
  updatedAtMs: number;
  jobId: string;
}

/** Throw-away stand-in until proofbook serve is there. */
export class ContractService {
  readonly assets = loadDashboardAssets();
  readonly engine = Engine.create(DEFAULT_MARKET_CONFIG);
  readonly sealed: SealedBatch[] = [];
  readonly jobs: Job[] = [];
  readonly streams = new Set<ServerResponse>();
  readonly log: { id: number; text: string }[] = [];
  key: string | undefined;
  hasMarket = true;
  server: Server | undefined;
  port = 0;
  flow = seededFlow(7n, 20_000).commands;
  next = 0;
  async start(port = this.port): Promise<void> {
    this.server = createServer((q, r) => this.handle(q, r));
    await new Promise<void>((resolve) => this.server?.listen(port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }
  async stop(): Promise<void> {
    for (const stream of this.streams) stream.destroy();
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  async kill(): Promise<void> {
    await this.stop();
  }
  async restart(): Promise<void> {
    await this.start(this.port);
  }
  async batchCount(): Promise<number> {
    return this.sealed.length;
  }
  async untilProven(): Promise<void> {
    while (!this.jobs.every(({ state }) => state === 'proven')) await new Promise((r) => setTimeout(r, 50));
  }
  async journal(n: number): Promise<Buffer> {
    return Buffer.from(this.sealed[n - 1]?.journal ?? []);
  }
  async seal(count: number, ageMs = 0): Promise<void> {
    const chunk = this.flow.slice(this.next, this.next + count);
    this.next += count;
    const batch = this.engine.applyBatch(
      encodeCommands(chunk.map((c) => c.command)),
      BigInt(Date.now() - ageMs) * 1_000_000n,
    );
    this.sealed.push(batch);
    const at = Date.now() - ageMs;
    this.jobs.push({
      jobId: `j${this.sealed.length}`,
      state: 'queued',
      stage: '',
      stageDone: 0,
      stageTotal: 0,
      receiptKind: 'app',
      proveDurationMs: null,
      errorCode: null,
      createdAtMs: at,
      updatedAtMs: at,
    });
    this.emit('batch', this.batch(this.sealed.length));
    this.emit('depth', this.depth());
    for (const trade of this.trades(this.sealed.length)) this.emit('trade', trade);
    if (ageMs === 0) this.progress(this.sealed.length);
  }
  progress(n: number): void {
    const steps: Partial<Job>[] = [
      { state: 'executing' },
      { state: 'proving', stageDone: 1, stageTotal: 2 },
      { state: 'proving', stageDone: 2, stageTotal: 2 },
      { state: 'verifying' },
      { state: 'proven', proveDurationMs: 400 },
    ];
    for (const [i, step] of steps.entries()) setTimeout(() => this.job(n, step), 150 * (i + 1));
  }
  job(n: number, change: Partial<Job>): void {
    const job = this.jobs[n - 1];
    if (!job) return;
    Object.assign(job, { updatedAtMs: Date.now() }, change);
    this.emit('job', { batchNumber: String(n), ...job });
  }
  emit(name: string, data: unknown): void {
    const text = `id: ${this.log.length + 1}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    this.log.push({ id: this.log.length + 1, text });
    for (const stream of this.streams) stream.write(text);
  }
  batch(n: number) {
    const s = this.sealed[n - 1];
    if (!s) throw new Error('no batch');
    const j = decodeJournal(s.journal);
    return {
      batchNumber: String(n),
      commandCount: j.commandCount,
      transitionCount: j.transitionCount,
      firstSequence: String(j.firstSequence),
      lastSequence: String(j.lastSequence),
      timestampNs: String(j.timestamp),
      preStateRoot: hex(j.preStateRoot),
      postStateRoot: hex(j.postStateRoot),
      commandsRoot: hex(j.commandsRoot),
      transitionsRoot: hex(j.transitionsRoot),
      job: this.jobs[n - 1],
    };
  }
  depth() {
    const side = (s: 'bid' | 'ask') =>
      this.engine
        .levels(s)
        .slice(0, 20)
        .map((l) => ({ price: String(l.price), volume: String(l.displayedLots), orderCount: l.orderCount }));
    return {
      batchNumber: String(this.sealed.length),
      sequence: String(this.engine.sequence()),
      bids: side('bid'),
      asks: side('ask'),
    };
  }
  trades(n: number) {
    const s = this.sealed[n - 1];
    if (!s) return [];
    const j = decodeJournal(s.journal);
    return decodeTransitions(s.transitions)
      .filter((t) => t.type === 'filled')
      .map((t) => ({
        sequence: String(t.sequence),
        price: String(t.price),
        quantity: String(t.quantity),
        takerSide: t.side === 0 ? 'bid' : 'ask',
        makerOrderId: String(t.makerOrderId),
        takerOrderId: String(t.orderId),
        batchNumber: String(n),
        timestampNs: String(j.timestamp),
      }));
  }
  market() {
    let proven = 0;
    while (this.jobs[proven]?.state === 'proven') proven++;
    return {
      marketId: '1',
      config: {
        marketId: '1',
        tickSize: '1',
        lotSize: '1',
        priceDecimals: 2,
        quantityDecimals: 0,
        operatorAccount: 0,
      },
      batchNumber: String(this.sealed.length),
      stateRoot: '',
      sequence: String(this.engine.sequence()),
      highestProvenBatch: String(proven),
    };
  }
  inclusion(n: number, sequence: bigint) {
    const s = this.sealed[n - 1];
    if (!s) return undefined;
    const j = decodeJournal(s.journal);
    const i = Number(sequence - j.firstSequence);
    if (i < 0 || i >= j.transitionCount) return undefined;
    const p = BatchTree.ofTransitions(s.transitions).inclusionProof(i);
    return {
      batchNumber: String(n),
      root: hex(j.transitionsRoot),
      recordCount: j.transitionCount,
      index: p.index,
      page: hex(p.page),
      siblings: p.siblings.map((x) => hex(x)),
      record: hex(s.transitions.subarray(i * 64, i * 64 + 64)),
      receiptDigest: null,
    };
  }
  handle(q: IncomingMessage, r: ServerResponse): unknown {
    const url = new URL(q.url ?? '/', 'http://x');
    const asset = this.assets.get(url.pathname);
    if (asset) {
      r.writeHead(200, {
        'content-type': asset.contentType,
        'content-security-policy': DASHBOARD_CONTENT_SECURITY_POLICY,
      });
      r.end(asset.body);
      return;
    }
    const json = (value: unknown, status = 200) => {
      r.writeHead(status, { 'content-type': 'application/json' });
      r.end(JSON.stringify(value));
    };
    const problem = (status: number, code: string, detail: string) =>
      json({ title: code, status, code, detail }, status);
    if (!url.pathname.startsWith('/v1/')) return problem(404, 'NOT_FOUND', 'no such path');
    if (this.key && q.headers.authorization !== `Bearer ${this.key}`)
      return problem(401, 'KEY_MISSING', 'No API key was sent.');
    const parts = url.pathname.split('/').slice(2);
    if (parts.length === 1) return json({ markets: this.hasMarket ? [this.market()] : [] });
    const [, , what, n, leaf] = parts;
    if (what === undefined) return json(this.market());
    if (what === 'depth') return json(this.depth());
    if (what === 'trades')
      return json({ trades: this.sealed.flatMap((_, i) => this.trades(i + 1)).slice(-60) });
    if (what === 'events') {
      r.writeHead(200, { 'content-type': 'text/event-stream' });
      r.write(': hello\n\n');
      const last = q.headers['last-event-id'];
      if (last) for (const e of this.log) if (e.id > Number(last)) r.write(e.text);
      this.streams.add(r);
      q.on('close', () => this.streams.delete(r));
      return;
    }
    if (what === 'batches' && n === undefined) {
      const after = Number(url.searchParams.get('after') ?? 0);
      const limit = Number(url.searchParams.get('limit') ?? 50);
      return json({
        batches: this.sealed.slice(after, after + limit).map((_, i) => this.batch(after + i + 1)),
      });
    }
    if (what === 'batches' && leaf === 'inclusion') {
      const p = this.inclusion(Number(n), BigInt(url.searchParams.get('sequence') ?? 0));
      return p
        ? json(p)
        : problem(404, 'RECORD_UNKNOWN', `sequence ${url.searchParams.get('sequence')} is not in batch ${n}`);
    }
    if (what === 'batches') {
      r.writeHead(200);
      r.end(Buffer.from(this.sealed[Number(n) - 1]?.journal ?? []));
      return;
    }
    if (what === 'orders') {
      const out = this.sealed.flatMap((s, i) =>
        decodeTransitions(s.transitions)
          .filter((t) => String(t.orderId) === n || String(t.makerOrderId) === n)
          .map((t) => this.inclusion(i + 1, t.sequence)),
      );
      return out.length
        ? json({ orderId: n, transitions: out })
        : problem(404, 'ORDER_UNKNOWN', `no batch has order ${n}`);
    }
    return problem(404, 'NOT_FOUND', 'no such path');
  }
}
