//! What the process holds, what it may hold, and how large a segment may be for that.

use std::fs;

/// Resident bytes of one estimated byte of a segment. The library's estimate is about a GPU; on a CPU the peak
/// was measured at up to this many times it (see PROTOCOL.md).
const RESIDENT_PER_ESTIMATED: u64 = 4;
/// Held besides the segment in proof: the guest's memory image, keys, proofs of earlier segments.
const BASE_RESIDENT_BYTES: u64 = 512 << 20;
/// A larger limit saves a tenth of the padding of large batches and takes twice the memory (see PROTOCOL.md).
const LARGEST_SEGMENT_BYTES: u64 = 2_400_000_000;
const SMALLEST_SEGMENT_BYTES: u64 = 400 << 20;

/// Three quarters of the machine's memory, or of the control group's where that is less.
pub fn machine_limit_bytes() -> u64 {
    const UNKNOWN_MACHINE_BYTES: u64 = 8 << 30;
    let total = field_kib("/proc/meminfo", "MemTotal:").map(|kib| kib * 1024);
    let group = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let limits = group.iter().filter_map(|path| fs::read_to_string(path).ok()?.trim().parse().ok());
    let smallest = limits.chain(total).min();
    smallest.unwrap_or(UNKNOWN_MACHINE_BYTES) / 4 * 3
}

/// The segment limit (in the library's estimate) that keeps the peak under `memory_limit_bytes`.
pub fn segment_limit_bytes(memory_limit_bytes: u64) -> u64 {
    let fits = memory_limit_bytes.saturating_sub(BASE_RESIDENT_BYTES) / RESIDENT_PER_ESTIMATED;
    fits.clamp(SMALLEST_SEGMENT_BYTES, LARGEST_SEGMENT_BYTES)
}

/// Bytes the process holds in memory now.
pub fn resident_bytes() -> Option<u64> {
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    // SAFETY: sysconf reads a constant of the system.
    let page_bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    Some(pages * u64::try_from(page_bytes).ok()?)
}

/// Most bytes the process held since [`reset_peak`], or since its start where the kernel can not reset.
pub fn peak_bytes() -> u64 {
    field_kib("/proc/self/status", "VmHWM:").map_or_else(peak_since_start_bytes, |kib| kib * 1024)
}

fn peak_since_start_bytes() -> u64 {
    const UNIT_BYTES: u64 = if cfg!(target_os = "macos") { 1 } else { 1024 };
    // SAFETY: getrusage fills the structure it is given.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    u64::try_from(usage.ru_maxrss).unwrap_or(0) * UNIT_BYTES
}

/// Starts a new peak measurement. Kernels without the feature keep the old one, which is only larger.
pub fn reset_peak() {
    if let Err(error) = fs::write("/proc/self/clear_refs", "5") {
        eprintln!("peak memory is since process start: clear_refs: {error}");
    }
}

/// Under memory pressure of the machine the kernel shall end the prover, not the service that started it.
pub fn prefer_as_victim() {
    if let Err(error) = fs::write("/proc/self/oom_score_adj", "500") {
        eprintln!("oom_score_adj stays: {error}");
    }
}

fn field_kib(path: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_is_at_most_peak() {
        let resident = resident_bytes().expect("statm is there");
        let peak = peak_bytes();
        assert!(resident > 100_000 && resident <= peak + (8 << 20), "{resident} {peak}");
        assert!(peak_since_start_bytes() + (8 << 20) >= peak);
    }

    #[test]
    fn segment_limit_grows_with_the_memory_limit_within_bounds() {
        assert_eq!(segment_limit_bytes(0), SMALLEST_SEGMENT_BYTES);
        assert_eq!(segment_limit_bytes(u64::MAX), LARGEST_SEGMENT_BYTES);
        assert!(segment_limit_bytes(4 << 30) > segment_limit_bytes(3 << 30));
    }

    #[test]
    fn the_machine_has_a_limit() {
        assert!(machine_limit_bytes() > 1 << 28);
    }
}
