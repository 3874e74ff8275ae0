declare const brand: unique symbol;
/** A value of type `T` that only the functions of its own module may make. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Price in ticks, 1 .. 2^48-1; 0 in a command means "market". */
export type Ticks = Branded<bigint, 'Ticks'>;
/** Quantity in lots, 1 .. 2^48-1. */
export type Lots = Branded<bigint, 'Lots'>;
/** `sequence << 12 | slot`, assigned by the engine (protocol §1). */
export type OrderId = Branded<bigint, 'OrderId'>;
/** Account, u32. */
export type AccountId = Branded<number, 'AccountId'>;
/** A BLAKE3 digest or Merkle root, 32 bytes. */
export type Digest = Branded<Uint8Array, 'Digest'>;
/** The program commitment that a proof names, as 64 lower-case hex digits. */
export type ImageId = Branded<string, 'ImageId'>;
