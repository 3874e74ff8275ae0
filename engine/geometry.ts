/**
 * The engine's sources are compiled once for each of these (PROTOCOL.md §2): `circuit` is the one that is proven, `deep` has
 * room for an exchange.
 */
export type Geometry = 'circuit' | 'deep';
