import type { ImageId } from '../../engine/brands.ts';
import { parseImageId } from '../sdk/image-id.ts';

// What this project's verifiers trust. A change here is a change of what counts as proven, so it is reviewed alone:
// a new image id must be rebuilt from its sources, new parameters must keep the security level.

/** A guest program that verifiers accept. */
export interface PinnedImage {
  readonly geometry: 'circuit';
  readonly protocolVersion: number;
  readonly imageId: ImageId;
}

/** Verifier parameters under which a seal is accepted; `logStackedHeight` makes a host that verifies under them. */
export interface PinnedParameters {
  readonly backend: 'openvm';
  readonly backendVersion: string;
  readonly logStackedHeight: number;
  readonly parametersDigest: string;
}

/** The guest of protocol version 1, circuit geometry: guest/artifact/circuit.json. */
export const PINNED_IMAGE: PinnedImage = {
  geometry: 'circuit',
  protocolVersion: 1,
  imageId: parseImageId('0033cf56395d75d0c98cb5cf90cebfc1119f75dec3ca5647184ced7b9850906c'),
};

/** The guest that proves consecutive batches as one run (docs/aggregation.md): guest/artifact/aggregation.json. */
export const PINNED_AGGREGATION_IMAGE: PinnedImage = {
  geometry: 'circuit',
  protocolVersion: 1,
  imageId: parseImageId('001bb1972cc9792a4961f7f60f7921c5cff0961171613a09e37f5ce74308cecd'),
};

/**
 * Every set of verifier parameters that is accepted. The digest covers the circuits (by the digest of their verifying
 * key), the soundness parameters (100 bits) and the versions; the host computes it from what it really runs.
 */
export const PINNED_PARAMETERS: readonly PinnedParameters[] = [
  {
    backend: 'openvm',
    backendVersion: '2.0.2',
    logStackedHeight: 20,
    parametersDigest: '594c3de2e1d0628f1e86fa296e318f466707ace7491490501988437d6bf68d0a',
  },
];
