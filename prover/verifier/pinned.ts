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
  imageId: parseImageId('002df008a952bfaff0fb09a684aedad62b9acef0b01f2aa73833e3767bcb8ed6'),
};

/** The guest that proves consecutive batches as one run (docs/aggregation.md): guest/artifact/aggregation.json. */
export const PINNED_AGGREGATION_IMAGE: PinnedImage = {
  geometry: 'circuit',
  protocolVersion: 1,
  imageId: parseImageId('00652c6554ea306f6e188a900e9de8e5f6c8f6a4245cdb53546dd32609db3757'),
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
    parametersDigest: '0625f356a64d9deef79c33f140efe4d781830aa2ff2d6e0da7a356adfbf5bdbb',
  },
];
