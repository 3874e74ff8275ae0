/**
 * `proofbook/engine`: the matching engine and the bytes that go in and come out of it. It needs no prover, no queue and no network.
 *
 * Prices are ticks and quantities lots, both bigint, 1 .. 2^48-1; times are ns since epoch; digests are 32 bytes. Every error is a
 * `ProofbookError` with a stable `code` that names field and value. Rules and bytes are those of engine/PROTOCOL.md.
 */

export { BlockHasher } from '../engine/block-hasher.ts';
export type { AccountId, Digest, ImageId, Lots, OrderId, Ticks } from '../engine/brands.ts';
export type {
  CancelAllCommand,
  CancelCommand,
  Command,
  PlaceCommand,
  ReduceCommand,
  ReplaceCommand,
  SetMarketStateCommand,
  SweepCommand,
} from '../engine/command.ts';
export {
  BATCH_COMMANDS_MAX,
  COMMAND_BYTES,
  commandRecordCount,
  countCommands,
  encodeCommands,
} from '../engine/command.ts';
export { compareJournals, type JournalDifference } from '../engine/compare-journals.ts';
export { type DecodedCommand, decodeCommands, type InvalidCommand } from '../engine/decode-commands.ts';
export {
  type Book,
  type BookLevel,
  decodeSnapshot,
  type RestingOrder,
  type WaitingStop,
} from '../engine/decode-snapshot.ts';
export { Engine, type ReplayedBatch, type SealedBatch } from '../engine/engine.ts';
export type { ErrorCode } from '../engine/error-table.ts';
export { type Decimals, FixedPoint } from '../engine/fixed-point.ts';
export { GENESIS_STATE_ROOT } from '../engine/genesis.ts';
export { decodeJournal, encodeJournal, JOURNAL_BYTES, type Journal } from '../engine/journal.ts';
export {
  DEFAULT_MARKET_CONFIG,
  decodeMarketConfig,
  encodeMarketConfig,
  MARKET_CONFIG_BYTES,
  type MarketConfig,
} from '../engine/market-config.ts';
export {
  lotsOfQuantity,
  type MarketUnits,
  notionalOf,
  priceOfTicks,
  quantityOfLots,
  ticksOfPrice,
} from '../engine/market-units.ts';
export type { PoolsUsage, PoolUsage } from '../engine/pools-usage.ts';
export type { PriceLevel } from '../engine/price-level.ts';
export { type ErrorDetails, isProofbookError, ProofbookError } from '../engine/proofbook-error.ts';
export type {
  MarketStateName,
  SelfTradeModeName,
  SideName,
  TimeInForceName,
} from '../engine/protocol-codes.ts';
export { type ReplayBatch, type ReplayStart, replay, replayJournals } from '../engine/replay.ts';
export {
  BATCH_TRANSITIONS_MAX,
  decodeTransitions,
  TRANSITION_BYTES,
  type Transition,
  type TransitionReason,
  type TransitionType,
} from '../engine/transition.ts';
export { WideFixedPoint } from '../engine/wide-fixed-point.ts';
