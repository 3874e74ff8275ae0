// The market config (protocol §2): this module runs only a config that names its own geometry.

import { hashChunk } from './blake3';
import { Status } from './codes';
import {
  DECIMALS_MAX,
  DIGEST_BYTES,
  GEOMETRY_ID,
  LEVELS_PER_SIDE,
  MAX_EVICTIONS,
  MAX_FILLS,
  ORDERS,
  PROTOCOL_VERSION,
} from './geometry';
import { CONFIG, CONFIG_BYTES } from './records';

@unmanaged
class MarketConfig {
  protocolVersion: u32;
  geometry: u32;
  marketId: u64;
  tickSize: u64;
  lotSize: u64;
  priceDecimals: u8;
  quantityDecimals: u8;
  reserved: u16;
  reserved2: u32;
  maxFills: u32;
  maxEvictions: u32;
  levelsPerSide: u32;
  orders: u32;
  operatorAccount: u32;
  reserved3: u32;
}

if (offsetof<MarketConfig>() != CONFIG_BYTES) ERROR('a market config is 64 bytes');

/** `configDigest` of protocol §2, once `checkConfig` has accepted the config. */
export const CONFIG_DIGEST: u32 = memory.data(DIGEST_BYTES, 64) as u32;

/** True when prices or quantities have to be multiples of more than 1. */
let isGridded: bool = false;

/** Checks the config in place and computes its digest. */
export function checkConfig(): Status {
  const config = changetype<MarketConfig>(CONFIG);
  if (config.protocolVersion != PROTOCOL_VERSION || config.geometry != GEOMETRY_ID) return Status.Config;
  if (config.tickSize == 0 || config.lotSize == 0) return Status.Config;
  if (config.priceDecimals > DECIMALS_MAX || config.quantityDecimals > DECIMALS_MAX) return Status.Config;
  if (config.maxFills != MAX_FILLS || config.maxEvictions != MAX_EVICTIONS) return Status.Config;
  if (config.levelsPerSide != LEVELS_PER_SIDE || config.orders != ORDERS) return Status.Config;
  if (config.reserved | config.reserved2 | config.reserved3) return Status.Config;
  isGridded = (config.tickSize | config.lotSize) != 1;
  hashChunk(CONFIG, CONFIG_BYTES, CONFIG_DIGEST);
  return Status.Ok;
}

// @ts-ignore: decorator
@inline
function market(): MarketConfig {
  return changetype<MarketConfig>(CONFIG);
}

// @ts-ignore: decorator
@inline
export function tickSize(): u64 {
  return market().tickSize;
}

// @ts-ignore: decorator
@inline
export function operatorAccount(): u32 {
  return market().operatorAccount;
}

// @ts-ignore: decorator
@inline
export function isOnTick(price: u64): bool {
  return !isGridded || isMultiple(price, market().tickSize);
}

// @ts-ignore: decorator
@inline
export function isOnLot(quantity: u64): bool {
  return !isGridded || isMultiple(quantity, market().lotSize);
}

/** A 64-bit division is a long routine on a 32-bit machine: most numbers don't need it. */
function isMultiple(value: u64, unit: u64): bool {
  if (unit == 1) return true;
  if ((value | unit) >> 32 == 0) return (value as u32) % (unit as u32) == 0;
  return value % unit == 0;
}
