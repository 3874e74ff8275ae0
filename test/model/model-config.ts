import { ProofbookError } from '../../engine/proofbook-error.ts';
import { EVICTIONS_MAX, FILLS_MAX, LEVELS_PER_SIDE, ORDER_SLOTS } from './geometry.ts';
import { joinFields, packWords } from './words.ts';

/** Market parameters; u64 values are bigint. */
export interface ModelConfig {
  readonly marketId: bigint;
  /** At least 1. */
  readonly tickSize: bigint;
  /** At least 1. */
  readonly lotSize: bigint;
  /** 0 .. 18. */
  readonly priceDecimals: number;
  /** 0 .. 18. */
  readonly quantityDecimals: number;
  /** The account that may set the market state, u32. */
  readonly operatorAccount: number;
}

/** The market config, 64 bytes (protocol §2). Throws INVALID_FIELD for a value out of range. */
export function encodeModelConfig(config: ModelConfig): Uint8Array {
  requireRange('marketId', config.marketId, 0n, (1n << 64n) - 1n);
  requireRange('tickSize', config.tickSize, 1n, (1n << 64n) - 1n);
  requireRange('lotSize', config.lotSize, 1n, (1n << 64n) - 1n);
  requireRange('priceDecimals', BigInt(config.priceDecimals), 0n, 18n);
  requireRange('quantityDecimals', BigInt(config.quantityDecimals), 0n, 18n);
  requireRange('operatorAccount', BigInt(config.operatorAccount), 0n, (1n << 32n) - 1n);
  const protocolVersion = 1n;
  const geometry = 1n;
  return packWords([
    joinFields([protocolVersion, 32n], [geometry, 32n]),
    config.marketId,
    config.tickSize,
    config.lotSize,
    joinFields([BigInt(config.priceDecimals), 8n], [BigInt(config.quantityDecimals), 8n]),
    joinFields([BigInt(FILLS_MAX), 32n], [BigInt(EVICTIONS_MAX), 32n]),
    joinFields([BigInt(LEVELS_PER_SIDE), 32n], [BigInt(ORDER_SLOTS), 32n]),
    joinFields([BigInt(config.operatorAccount), 32n], [0n, 32n]),
  ]);
}

function requireRange(field: string, value: bigint, min: bigint, max: bigint): void {
  if (value < min || value > max) {
    throw new ProofbookError('INVALID_FIELD', { field, value, reason: `expected ${min} .. ${max}` });
  }
}
