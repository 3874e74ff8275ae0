import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { parseCores, placementOf } from '../../queue/worker/cpu-placement.ts';
import { abilitiesOf, inabilityOf } from '../../queue/worker/worker-abilities.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'proofbook-topology-'));
  write('sys/devices/system/cpu/online', '0-7\n');
  write('sys/devices/system/node/node1/cpulist', '4-7\n');
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A PATH that holds these programs and no others. */
function pathWith(...programs: readonly string[]): string {
  for (const program of programs) {
    write(`bin/${program}`, '');
    chmodSync(join(root, 'bin', program), 0o755);
  }
  return join(root, 'bin');
}

const place = (wish: Parameters<typeof placementOf>[0], path: string) =>
  placementOf(wish, path, join(root, 'sys'));

describe('where a prover host runs', () => {
  test('is anywhere when nothing is asked for', () => {
    expect(place({}, '')).toEqual({ launcher: [], warning: undefined });
  });

  test('is on the cores that are asked for, by taskset', () => {
    const { launcher, warning } = place({ cpus: '0-2,6' }, pathWith('taskset'));
    expect(launcher).toEqual([join(root, 'bin/taskset'), '--cpu-list', '0-2,6']);
    expect(warning).toBeUndefined();
  });

  test('is on a node by numactl, and on its cores by taskset where that is missing', () => {
    expect(place({ numa: 1 }, pathWith('taskset'))).toEqual({
      launcher: [join(root, 'bin/taskset'), '--cpu-list', '4-7'],
      warning: expect.stringContaining('memory of node 1'),
    });
    expect(place({ numa: 1, cpus: '5' }, pathWith('numactl')).launcher).toEqual([
      join(root, 'bin/numactl'),
      '--cpunodebind=1',
      '--membind=1',
      join(root, 'bin/taskset'),
      '--cpu-list',
      '5',
    ]);
  });

  test('is anywhere, with a warning, where the system cannot say or do it', () => {
    expect(place({ cpus: '0' }, '')).toMatchObject({
      launcher: [],
      warning: expect.stringContaining('no effect'),
    });
    expect(placementOf({ cpus: '0' }, pathWith('taskset'), join(root, 'none'))).toMatchObject({
      launcher: [],
      warning: expect.stringContaining('does not tell its cores'),
    });
  });

  test.each(['8', '0-9', 'x', '3-1', '', '1,,2'])('is not on cores %j', (cpus) => {
    expectRefusal(() => place({ cpus }, pathWith('taskset')), 'USAGE', { field: '--cpus' });
  });

  test('is not on a node that is not there', () => {
    expectRefusal(() => place({ numa: 2 }, pathWith('taskset')), 'USAGE', { field: '--numa', value: 2 });
  });

  test('reads lists as the kernel writes them', () => {
    expect([...(parseCores('0-2,5') ?? [])]).toEqual([0, 1, 2, 5]);
    expect(parseCores('0-9999')).toBeUndefined();
  });
});

describe('what a worker can prove', () => {
  const image = loadGuestImage();
  const hello = {
    protocolVersion: 1,
    hostVersion: '0.1.0',
    backend: 'openvm' as const,
    backendVersion: '2.0.2',
    parameters: {},
    parametersDigest: 'a'.repeat(64),
    memoryLimitBytes: 8e9,
    pid: 1,
  };
  const job = {
    imageId: image.imageId,
    parametersDigest: hello.parametersDigest,
    receiptKind: 'stark' as const,
  };

  test('is its image, its parameters, and the kinds that its memory is enough for', () => {
    const large = abilitiesOf(hello, image);
    expect(inabilityOf(large, job)).toBeUndefined();
    expect(inabilityOf(large, { ...job, imageId: 'b'.repeat(64) })).toContain('imageId');
    expect(inabilityOf(large, { ...job, parametersDigest: 'b'.repeat(64) })).toContain('parametersDigest');
    expect(inabilityOf(large, { ...job, receiptKind: 'fake' })).toContain('receiptKind is fake');
    const small = abilitiesOf({ ...hello, memoryLimitBytes: 1e9 }, image);
    expect(inabilityOf(small, job)).toContain('memory class small');
    expect(inabilityOf(small, { ...job, receiptKind: 'app' })).toBeUndefined();
    const standIn = abilitiesOf({ ...hello, backend: 'fake' }, image);
    expect(inabilityOf(standIn, { ...job, receiptKind: 'app' })).toContain('makes fake');
  });
});
