import type { Geometry } from './geometry.ts';
import { ProofbookError } from './proofbook-error.ts';
import { requireAccount, requireU64 } from './value-ranges.ts';

/**
 * What a market is (protocol §2). A tick is 10^-priceDecimals, and prices are multiples of `tickSize` ticks; a lot is
 * 10^-quantityDecimals, and quantities are multiples of `lotSize` lots.
 */
export interface MarketConfig {
  readonly marketId: bigint;
  readonly tickSize: bigint;
  readonly lotSize: bigint;
  /** 0 .. 18. */
  readonly priceDecimals: number;
  /** 0 .. 18. */
  readonly quantityDecimals: number;
  /** The account that may set the market state, u32. */
  readonly operatorAccount: number;
}

/** Length of an encoded market config in bytes (PROTOCOL.md §2). */
export const MARKET_CONFIG_BYTES = 64;
const DECIMALS_MAX = 18;

/** The words that a geometry fixes, by byte offset: u32 values (protocol §2). */
const GEOMETRY_FIELDS = {
  circuit: geometryFields(1, 64, 4096),
  deep: geometryFields(2, 65_536, 2 ** 20),
} as const satisfies Readonly<Record<Geometry, unknown>>;

function geometryFields(geometry: number, levelsPerSide: number, orders: number) {
  return [
    { field: 'protocolVersion', offset: 0, value: 1 },
    { field: 'geometry', offset: 4, value: geometry },
    { field: 'maxFills', offset: 40, value: 64 },
    { field: 'maxEvictions', offset: 44, value: 64 },
    { field: 'levelsPerSide', offset: 48, value: levelsPerSide },
    { field: 'orders', offset: 52, value: orders },
  ] as const;
}

const RESERVED_OFFSETS = [34, 35, 36, 37, 38, 39, 60, 61, 62, 63] as const;
const OPERATOR_OFFSET = 56;

/** A market of cents and whole lots, run by account 0. */
export const DEFAULT_MARKET_CONFIG: MarketConfig = {
  marketId: 1n,
  tickSize: 1n,
  lotSize: 1n,
  priceDecimals: 2,
  quantityDecimals: 0,
  operatorAccount: 0,
};

/** The 64 bytes that the config digest is over. Throws INVALID_FIELD. */
export function encodeMarketConfig(config: MarketConfig, geometry: Geometry = 'circuit'): Uint8Array {
  checkMarketConfig(config);
  const bytes = new Uint8Array(MARKET_CONFIG_BYTES);
  const view = new DataView(bytes.buffer);
  for (const { offset, value } of GEOMETRY_FIELDS[geometry]) view.setUint32(offset, value, true);
  view.setBigUint64(8, config.marketId, true);
  view.setBigUint64(16, config.tickSize, true);
  view.setBigUint64(24, config.lotSize, true);
  view.setUint8(32, config.priceDecimals);
  view.setUint8(33, config.quantityDecimals);
  view.setUint32(OPERATOR_OFFSET, config.operatorAccount, true);
  return bytes;
}

/** Reads 64 bytes back. Throws INVALID_LENGTH or INVALID_FIELD. */
export function decodeMarketConfig(bytes: Uint8Array, geometry: Geometry = 'circuit'): MarketConfig {
  if (bytes.length !== MARKET_CONFIG_BYTES) {
    throw new ProofbookError('INVALID_LENGTH', {
      field: 'marketConfig',
      value: bytes.length,
      expected: MARKET_CONFIG_BYTES,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { field, offset, value } of GEOMETRY_FIELDS[geometry]) {
    const found = view.getUint32(offset, true);
    if (found !== value) refuse(field, found, `this engine runs ${value}`);
  }
  for (const offset of RESERVED_OFFSETS) {
    const found = view.getUint8(offset);
    if (found !== 0) refuse(`reserved byte ${offset}`, found, 'expected 0');
  }
  const config: MarketConfig = {
    marketId: view.getBigUint64(8, true),
    tickSize: view.getBigUint64(16, true),
    lotSize: view.getBigUint64(24, true),
    priceDecimals: view.getUint8(32),
    quantityDecimals: view.getUint8(33),
    operatorAccount: view.getUint32(OPERATOR_OFFSET, true),
  };
  checkMarketConfig(config);
  return config;
}

function checkMarketConfig(config: MarketConfig): void {
  requireU64(config.marketId, 'marketId');
  if (requireU64(config.tickSize, 'tickSize') === 0n) refuse('tickSize', 0, 'expected 1 or more');
  if (requireU64(config.lotSize, 'lotSize') === 0n) refuse('lotSize', 0, 'expected 1 or more');
  for (const field of ['priceDecimals', 'quantityDecimals'] as const) {
    const value = config[field];
    if (!Number.isInteger(value) || value < 0 || value > DECIMALS_MAX)
      refuse(field, value, `expected 0 .. ${DECIMALS_MAX}`);
  }
  requireAccount(config.operatorAccount, 'operatorAccount');
}

function refuse(field: string, value: number, reason: string): never {
  throw new ProofbookError('INVALID_FIELD', { field, value, reason });
}
