import { coresOf } from './cpu-list.ts';
import type { Finding } from './finding.ts';
import type { MachineFiles } from './machine-files.ts';

const CPU = 'sys/devices/system/cpu';
/** Two spinning threads, the journaller, and one core for everybody else. */
const CORES_WANTED = 4;

/** Enough cores that no spinning thread shares one. @param cores that this process may run on */
export function coreCount(cores: number): Finding {
  return {
    check: 'cpu-count',
    verdict: cores >= CORES_WANTED ? 'good' : 'advice',
    found: `${cores} cores`,
    costs:
      'gateway and engine spin on a core each; on fewer than four the journaller or the system takes one away, some ms at a time',
    change: `run on ${CORES_WANTED} cores or more, or start the pipeline with policy "park" (p99 then some 100 us)`,
  };
}

export function governor(files: MachineFiles): Finding {
  const cores = files.names(CPU).filter((name) => /^cpu\d+$/.test(name));
  const governors = new Set(
    cores.flatMap((core) => files.text(`${CPU}/${core}/cpufreq/scaling_governor`) ?? []),
  );
  const isGood = governors.size === 1 && governors.has('performance');
  return {
    check: 'cpu-governor',
    verdict: governors.size === 0 ? 'unknown' : isGood ? 'good' : 'advice',
    found:
      governors.size === 0 ? 'no cpufreq here (a virtual machine: ask its host)' : [...governors].join(', '),
    costs: 'a core that was slowed down takes 10 to 100 us to come up again: it shows in p99',
    change: 'cpupower frequency-set -g performance',
  };
}

export function isolatedCores(files: MachineFiles): Finding {
  const text = files.text(`${CPU}/isolated`);
  const isolated = coresOf(text ?? '');
  return {
    check: 'cpu-isolated',
    verdict: text === undefined ? 'unknown' : isolated.length >= 2 ? 'good' : 'advice',
    found: isolated.length === 0 ? 'none' : `cores ${text}`,
    costs: 'the scheduler puts other work on the cores of spinning threads: pauses of 1 to 10 ms',
    change: 'boot with isolcpus=2,3 nohz_full=2,3 rcu_nocbs=2,3 and start with taskset -c 2,3',
  };
}

/** Interrupts must stay off isolated cores; without such cores there is nothing to keep off. */
export function interrupts(files: MachineFiles): Finding {
  const isolated = new Set(coresOf(files.text(`${CPU}/isolated`) ?? ''));
  const numbers = files.names('proc/irq').filter((name) => /^\d+$/.test(name));
  const lists = numbers.map((number) => files.text(`proc/irq/${number}/smp_affinity_list`) ?? '');
  const disturbing = numbers.filter((_, index) =>
    coresOf(lists[index] ?? '').some((core) => isolated.has(core)),
  );
  const verdict =
    numbers.length === 0 || isolated.size === 0 ? 'unknown' : disturbing.length > 0 ? 'advice' : 'good';
  return {
    check: 'irq-affinity',
    verdict,
    found:
      isolated.size === 0
        ? `${numbers.length} interrupts, no isolated cores to keep them off`
        : `${disturbing.length} of ${numbers.length} interrupts may run on isolated cores`,
    costs: 'each interrupt on the core of a spinning thread takes 2 to 20 us from it',
    change: 'stop irqbalance, and write the other cores to /proc/irq/N/smp_affinity_list',
  };
}

export function clockSource(files: MachineFiles): Finding {
  const source = files.text('sys/devices/system/clocksource/clocksource0/current_clocksource');
  const fast = ['tsc', 'kvm-clock', 'arch_sys_counter'];
  return {
    check: 'clock-source',
    verdict: source === undefined ? 'unknown' : fast.includes(source) ? 'good' : 'advice',
    found: source ?? 'not said',
    costs: 'every batch reads the clock twice: 25 ns each by tsc, 1 us and a system call by hpet or acpi_pm',
    change: 'boot with clocksource=tsc tsc=reliable, if the processor has an invariant one',
  };
}

export function numa(files: MachineFiles): Finding {
  const online = files.text('sys/devices/system/node/online');
  const nodes = coresOf(online ?? '');
  return {
    check: 'numa',
    verdict: online === undefined ? 'unknown' : nodes.length <= 1 ? 'good' : 'advice',
    found: online === undefined ? 'not said' : `${nodes.length} node${nodes.length === 1 ? '' : 's'}`,
    costs: 'a ring between two nodes moves each cache line in 100 to 200 ns instead of 40 to 70',
    change: 'numactl --cpunodebind=0 --membind=0, all threads and the network card on one node',
  };
}
