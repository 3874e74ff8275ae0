import { hex } from '../../engine/hex.ts';
import { decodeJournal } from '../../engine/journal.ts';
import type { PriceLevel } from '../../engine/price-level.ts';
import type { LiveBook } from '../broker/live-book.ts';
import type { Market } from '../broker/market.ts';
import type { Trade } from '../broker/trade.ts';
import type { JobRow } from '../store/job-row.ts';
import type { BatchBody, JobBody } from './batch-schemas.ts';
import type { DepthBody, TradeBody } from './book-schemas.ts';
import type { MarketBody } from './market-schemas.ts';

/** A market as the service lists it. */
export function marketBody(market: Market): MarketBody {
  const { marketId, tickSize, lotSize, priceDecimals, quantityDecimals, operatorAccount } = market.config;
  const { batches } = market.directory;
  const last = batches.find(batches.lastStored());
  return {
    marketId: String(marketId),
    config: {
      tickSize: String(tickSize),
      lotSize: String(lotSize),
      priceDecimals,
      quantityDecimals,
      operatorAccount,
    },
    batchNumber: String(last?.batchNumber ?? 0),
    stateRoot: last === undefined ? market.genesisRoot : hex(decodeJournal(last.journal).postStateRoot),
    sequence: String(market.book.sequence),
    highestProvenBatch: String(batches.highestProven()),
  };
}

export function jobBody(marketId: bigint, row: JobRow): JobBody {
  return {
    jobId: row.jobId,
    marketId: String(marketId),
    batchNumber: String(row.batchNumber),
    state: row.state,
    stage: row.stage,
    stageDone: row.stageDone,
    stageTotal: row.stageTotal,
    receiptKind: row.receiptKind,
    proveDurationMs: row.proveDurationMs ?? null,
    errorCode: row.errorCode ?? null,
    createdAtMs: row.createdAtMs,
    updatedAtMs: row.updatedAtMs,
  };
}

export function batchBody(marketId: bigint, row: JobRow): BatchBody {
  const journal = decodeJournal(row.journal);
  return {
    batchNumber: String(journal.batchNumber),
    commandCount: journal.commandCount,
    transitionCount: journal.transitionCount,
    firstSequence: String(journal.firstSequence),
    lastSequence: String(journal.lastSequence),
    timestampNs: String(journal.timestamp),
    preStateRoot: hex(journal.preStateRoot),
    postStateRoot: hex(journal.postStateRoot),
    commandsRoot: hex(journal.commandsRoot),
    transitionsRoot: hex(journal.transitionsRoot),
    job: jobBody(marketId, row),
  };
}

export function tradeBody(trade: Trade): TradeBody {
  return {
    sequence: String(trade.sequence),
    price: String(trade.price),
    quantity: String(trade.quantity),
    takerSide: trade.takerSide,
    makerOrderId: String(trade.makerOrderId),
    takerOrderId: String(trade.takerOrderId),
    batchNumber: String(trade.batchNumber),
    timestampNs: String(trade.timestampNs),
  };
}

export function depthBody(book: LiveBook, levelsMax: number): DepthBody {
  const side = (levels: readonly PriceLevel[]) =>
    levels.map(({ price, displayedLots, orderCount }) => ({
      price: String(price),
      volume: String(displayedLots),
      orderCount,
    }));
  return {
    batchNumber: String(book.batchNumber),
    sequence: String(book.sequence),
    bids: side(book.levels('bid', levelsMax)),
    asks: side(book.levels('ask', levelsMax)),
  };
}
