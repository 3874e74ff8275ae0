//! Metered execution: what a run costs, exactly, without proving it.

use std::time::{Duration, Instant};

use openvm_circuit::arch::execution_mode::Segment;
use openvm_circuit::arch::{ExecutionError, VirtualMachineError};
use openvm_circuit::system::memory::merkle::public_values::extract_public_values;
use openvm_sdk::StdIn;

use crate::host_error::HostError;
use crate::image::Instance;
use crate::panics::caught;

/// Limits that are tried: these many sixteenths of the largest, and all of it.
const LADDER_LOWEST: usize = 8;
const LADDER_STEPS: usize = 16;

/// Cost of one segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub instruction_count: u64,
    /// Sum over the tables of rows times columns.
    pub trace_cells: u64,
    /// The same with every table padded to a power of two rows: what the prover works on.
    pub padded_trace_cells: u64,
}

/// A run that ended with exit code 0.
pub struct Execution {
    pub segments: Vec<Cost>,
    /// Where the run is cut for proving, one entry for each of `segments`.
    pub cuts: Vec<Segment>,
    pub public_values: Vec<u8>,
    pub duration: Duration,
}

impl Execution {
    pub fn total(&self) -> Cost {
        self.segments.iter().fold(Cost::default(), |sum, cost| Cost {
            instruction_count: sum.instruction_count + cost.instruction_count,
            trace_cells: sum.trace_cells + cost.trace_cells,
            padded_trace_cells: sum.padded_trace_cells + cost.padded_trace_cells,
        })
    }
}

/// The guest's input stream: one `read_vec` for each attachment.
pub fn input_stream(inputs: &[Vec<u8>]) -> StdIn {
    let mut stream = StdIn::default();
    for input in inputs {
        stream.write_bytes(input);
    }
    stream
}

/// Runs the guest to its end and says where to cut it. Counts depend on image, inputs and settings only.
///
/// Every table of a segment is padded to a power of two rows, and so the padded cells, which are what proving takes time
/// for, jump with the place of the cuts: up to a third between neighbouring limits. A metered run takes milliseconds where
/// a proof takes seconds, so a ladder of limits below the allowed one is tried, and the cheapest cuts are kept.
pub fn execute(instance: &Instance, inputs: &[Vec<u8>]) -> Result<Execution, HostError> {
    let started = Instant::now();
    let largest = instance.vm.config().as_ref().segmentation_max_memory;
    let mut best = execute_within(instance, inputs, largest)?;
    for step in (LADDER_LOWEST..LADDER_STEPS).rev() {
        let other = execute_within(instance, inputs, largest / LADDER_STEPS * step)?;
        if other.total().padded_trace_cells < best.total().padded_trace_cells {
            best = other;
        }
    }
    Ok(Execution { duration: started.elapsed(), ..best })
}

fn execute_within(
    instance: &Instance,
    inputs: &[Vec<u8>],
    segment_bytes: usize,
) -> Result<Execution, HostError> {
    let run = caught(|| run_metered(instance, inputs, segment_bytes));
    // The machine panics where a guest leaves its memory; nothing of ours runs inside.
    let run = run.map_err(|reason| HostError::GuestTrapped { exit_code: None, reason })?;
    let (cuts, public_values) = run?;
    let widths: Vec<u64> = table_widths(instance);
    let segments = cuts.iter().map(|segment| cost(segment, &widths)).collect();
    Ok(Execution { segments, cuts, public_values, duration: Duration::ZERO })
}

fn run_metered(
    instance: &Instance,
    inputs: &[Vec<u8>],
    segment_bytes: usize,
) -> Result<(Vec<Segment>, Vec<u8>), HostError> {
    let vm = &instance.vm;
    let interpreter = vm.metered_interpreter(instance.exe()).map_err(|error| {
        let reason = error.to_string();
        HostError::ImageMalformed { reason }
    })?;
    let context = vm.build_metered_ctx(instance.exe()).with_max_memory(segment_bytes);
    let ended = interpreter.execute_metered(input_stream(inputs), context);
    let (segments, state) = ended.map_err(trapped)?;
    let count = vm.config().as_ref().num_public_values;
    Ok((segments, extract_public_values(count, &state.memory.memory)))
}

fn table_widths(instance: &Instance) -> Vec<u64> {
    let tables = instance.vm.pk().per_air.iter();
    tables.map(|table| table.vk.params.width.total_width() as u64).collect()
}

fn cost(segment: &Segment, widths: &[u64]) -> Cost {
    let mut cost = Cost { instruction_count: segment.num_insns, ..Cost::default() };
    for (&height, &width) in segment.trace_heights.iter().zip(widths) {
        let padded = if height == 0 { 0 } else { u64::from(height).next_power_of_two() };
        cost.trace_cells += u64::from(height) * width;
        cost.padded_trace_cells += padded * width;
    }
    cost
}

/// The error of a guest that did not end well.
pub fn trapped(error: ExecutionError) -> HostError {
    let exit_code = match error {
        ExecutionError::FailedWithExitCode(code) => Some(code),
        _ => None,
    };
    HostError::GuestTrapped { exit_code, reason: error.to_string() }
}

/// The error of a run that failed inside the prover.
pub fn failed(error: VirtualMachineError) -> HostError {
    match error {
        VirtualMachineError::Execution(error) => trapped(error),
        other => HostError::ProveFailed { stage: "proving", reason: other.to_string() },
    }
}
