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

/** The guest of protocol version 1, circuit geometry. */
export const PINNED_IMAGE: PinnedImage = {
  geometry: 'circuit',
  protocolVersion: 1,
  imageId: parseImageId('0000000000000000000000000000000000000000000000000000000000000000'),
};

/** Every set of verifier parameters that is accepted. */
export const PINNED_PARAMETERS: readonly PinnedParameters[] = [];
