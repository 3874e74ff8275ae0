import type { Finding } from './finding.ts';
import type { MachineFiles } from './machine-files.ts';

/** `[madvise]` in `always [madvise] never`. */
function chosen(text: string | undefined): string | undefined {
  return text?.match(/\[(\w+)\]/)?.[1];
}

export function hugePages(files: MachineFiles): Finding {
  const enabled = chosen(files.text('sys/kernel/mm/transparent_hugepage/enabled'));
  return {
    check: 'huge-pages',
    verdict: enabled === undefined ? 'unknown' : enabled === 'always' ? 'advice' : 'good',
    found: enabled === undefined ? 'not said' : `transparent huge pages: ${enabled}`,
    costs:
      'with "always" the kernel joins pages while the engine runs (pauses of 1 ms and more), and Redis copies 2 MB for each page it changes after a fork',
    change:
      'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled; provers gain from always, engines do not',
  };
}

export function swap(files: MachineFiles): Finding {
  const lines = files.text('proc/swaps')?.split('\n').slice(1);
  const swappiness = files.text('proc/sys/vm/swappiness');
  const isGood = lines?.length === 0 || swappiness === '0' || swappiness === '1';
  return {
    check: 'swap',
    verdict: lines === undefined ? 'unknown' : isGood ? 'good' : 'advice',
    found:
      lines === undefined ? 'not said' : `${lines.length} swap areas, swappiness ${swappiness ?? 'not said'}`,
    costs: 'one page of the book that comes back from a disk takes 0.1 to 10 ms',
    change: 'swapoff -a, or sysctl vm.swappiness=1',
  };
}

export function overcommit(files: MachineFiles): Finding {
  const value = files.text('proc/sys/vm/overcommit_memory');
  return {
    check: 'overcommit',
    verdict: value === undefined ? 'unknown' : value === '1' ? 'good' : 'advice',
    found: value === undefined ? 'not said' : `vm.overcommit_memory is ${value}`,
    costs: 'Redis cannot fork to write its file when memory is half full: its writes then fail',
    change: 'sysctl vm.overcommit_memory=1',
  };
}

const OPEN_FILES_MIN = 65_536;

export function openFiles(files: MachineFiles): Finding {
  const soft = files.text('proc/self/limits')?.match(/^Max open files\s+(\S+)/m)?.[1];
  const limit = soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
  return {
    check: 'ulimit-files',
    verdict: soft === undefined ? 'unknown' : limit >= OPEN_FILES_MIN ? 'good' : 'advice',
    found: soft === undefined ? 'not said' : `${soft} open files`,
    costs: 'each session of a gateway is an open file: the next one is refused',
    change: `ulimit -n ${OPEN_FILES_MIN}, or LimitNOFILE=${OPEN_FILES_MIN} in the unit`,
  };
}

export function lockedMemory(files: MachineFiles): Finding {
  const soft = files.text('proc/self/limits')?.match(/^Max locked memory\s+(\S+)/m)?.[1];
  return {
    check: 'ulimit-locked',
    verdict: soft === undefined ? 'unknown' : soft === 'unlimited' ? 'good' : 'advice',
    found: soft === undefined ? 'not said' : `${soft} bytes may be locked`,
    costs:
      'memory that is not locked may be given back under pressure; its next use then waits for the kernel, 1 us a page and more',
    change: 'ulimit -l unlimited, or LimitMEMLOCK=infinity in the unit',
  };
}
