import { expect, test } from 'vitest';
import { loadAggregationImage, loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import { PINNED_AGGREGATION_IMAGE, PINNED_IMAGE, PINNED_PARAMETERS } from '../../prover/verifier/pinned.ts';

test('the pinned image is the committed guest', () => {
  expect(PINNED_IMAGE.imageId).toBe(loadGuestImage().imageId);
});

test('the pinned aggregation image is the committed aggregation guest', () => {
  expect(PINNED_AGGREGATION_IMAGE.imageId).toBe(loadAggregationImage().imageId);
});

test('the pinned parameters are those that a host with their settings really runs', async () => {
  for (const pinned of PINNED_PARAMETERS) {
    const prover = await Prover.start({ logStackedHeight: pinned.logStackedHeight });
    try {
      const { backend, backendVersion, parametersDigest, parameters } = prover.hello;
      expect({ backend, backendVersion, parametersDigest }).toEqual({
        backend: pinned.backend,
        backendVersion: pinned.backendVersion,
        parametersDigest: pinned.parametersDigest,
      });
      expect(parameters.securityBits).toBe(100);
      expect(parameters.logStackedHeight).toBe(pinned.logStackedHeight);
    } finally {
      await prover.close();
    }
  }
}, 120_000);

test('a host with its own default settings makes proofs that verifiers accept', async () => {
  const prover = await Prover.start();
  try {
    expect(PINNED_PARAMETERS.map(({ parametersDigest }) => parametersDigest)).toContain(
      prover.hello.parametersDigest,
    );
  } finally {
    await prover.close();
  }
}, 60_000);
