import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { coresOf } from '../../../queue/runtime/doctor/cpu-list.ts';
import { examine } from '../../../queue/runtime/doctor/examine.ts';
import { MachineFiles } from '../../../queue/runtime/doctor/machine-files.ts';
import { temporaryDirectory } from '../../support/pipeline-run.ts';

const GOOD = {
  'sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'performance\n',
  'sys/devices/system/cpu/cpu1/cpufreq/scaling_governor': 'performance\n',
  'sys/devices/system/cpu/isolated': '2-3\n',
  'proc/irq/4/smp_affinity_list': '0-1\n',
  'sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  'sys/devices/system/node/online': '0\n',
  'sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
  'proc/swaps': 'Filename\tType\n',
  'proc/sys/vm/swappiness': '60\n',
  'proc/sys/vm/overcommit_memory': '1\n',
  'proc/self/limits':
    'Limit Soft Hard\nMax open files            65536 65536 files\nMax locked memory unlimited unlimited bytes\n',
} as const;

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

async function verdicts(files: Readonly<Record<string, string>>, cores = 8): Promise<Record<string, string>> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory.path, path)), { recursive: true });
    writeFileSync(join(directory.path, path), text);
  }
  const findings = await examine(new MachineFiles(directory.path), undefined, cores);
  return Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict]));
}

describe('the doctor', () => {
  test('has nothing to say of a machine that is set right', async () => {
    const found = await verdicts(GOOD);
    const { redis, ...others } = found;
    expect(redis).toBe('unknown');
    expect(new Set(Object.values(others))).toEqual(new Set(['good']));
    expect(Object.keys(found).length).toBe(12);
  });

  test.each([
    ['cpu-governor', 'sys/devices/system/cpu/cpu1/cpufreq/scaling_governor', 'powersave'],
    ['cpu-isolated', 'sys/devices/system/cpu/isolated', ''],
    ['irq-affinity', 'proc/irq/4/smp_affinity_list', '0-3'],
    ['clock-source', 'sys/devices/system/clocksource/clocksource0/current_clocksource', 'hpet'],
    ['numa', 'sys/devices/system/node/online', '0-1'],
    ['huge-pages', 'sys/kernel/mm/transparent_hugepage/enabled', '[always] madvise never'],
    ['swap', 'proc/swaps', 'Filename Type\n/swapfile file'],
    ['overcommit', 'proc/sys/vm/overcommit_memory', '0'],
    [
      'ulimit-files',
      'proc/self/limits',
      'Max open files 1024 4096 files\nMax locked memory unlimited unlimited bytes',
    ],
    [
      'ulimit-locked',
      'proc/self/limits',
      'Max open files 65536 65536 files\nMax locked memory 65536 65536 bytes',
    ],
  ])('advises on %s', async (check, path, text) => {
    const found = await verdicts({ ...GOOD, [path]: text });
    expect(found[check]).toBe('advice');
    expect(Object.values(found).filter((verdict) => verdict === 'advice').length).toBe(1);
  });

  test('says unknown where a machine says nothing, and advises on two cores', async () => {
    const found = await verdicts({}, 2);
    expect(found['cpu-count']).toBe('advice');
    const { 'cpu-count': _, ...others } = found;
    expect(new Set(Object.values(others))).toEqual(new Set(['unknown']));
  });

  test('knows of a Redis that does not answer only that', async () => {
    const findings = await examine(
      new MachineFiles(directory.path),
      `redis+unix://${directory.path}/none`,
      8,
    );
    expect(findings.at(-1)).toMatchObject({ check: 'redis', verdict: 'unknown' });
  });

  test('has every check in the tuning guide', async () => {
    const guide = readFileSync(new URL('../../../docs/tuning.md', import.meta.url), 'utf8');
    for (const check of Object.keys(await verdicts(GOOD))) expect(guide).toContain(`\`${check}`);
  });
});

test.each([
  ['0-2,5', [0, 1, 2, 5]],
  ['', []],
  ['7', [7]],
  ['3-1,x', []],
])('the cores of %s', (list, cores) => {
  expect(coresOf(list)).toEqual(cores);
});
