//! Proving: execute, prove every segment, fold if asked to, and verify before anything is said.

use std::sync::Arc;
use std::time::{Duration, Instant};

use openvm_circuit::arch::execution_mode::Segment;

use crate::aggregate::aggregate;
use crate::backend::Backend;
use crate::execute::{Execution, execute, failed, input_stream};
use crate::host_error::HostError;
use crate::image::{ImageId, ReadyImage};
use crate::panics::caught;
use crate::seal::{self, AppProof, Kind};
use crate::segments::prove_segments;
use crate::verify::{verify_app, verify_stark};

/// A proof that this process verified.
pub struct Proven {
    pub image_id: ImageId,
    pub execution: Execution,
    pub seal: Vec<u8>,
    pub prove_duration: Duration,
}

/// Reports progress: stage, done, total.
pub type Report<'a> = &'a dyn Fn(&str, usize, usize);

pub fn prove(
    backend: &mut Backend,
    kind: Kind,
    elf: &[u8],
    inputs: &[Vec<u8>],
    report: Report,
) -> Result<Proven, HostError> {
    let image = backend.image(elf)?;
    let image_id = image.image_id;
    report("executing", 0, 1);
    // A guest that traps or ends with another exit code than 0 stops here: there is nothing to prove.
    let execution = execute(&image.instance, inputs)?;
    report("executing", 1, 1);
    if kind == Kind::Stark {
        // Made before the clock starts: they belong to the process, not to this proof.
        backend.aggregation()?;
    }

    let started = Instant::now();
    let proof = prove_run(backend.image(elf)?, inputs, &execution.cuts, report);
    let proof = proof.inspect_err(|_| backend.drop_image())?;
    let seal = match kind {
        Kind::App => seal::encode_app(&proof),
        Kind::Stark => seal::encode_stark(&fold(backend, proof, report)?),
    };
    let seal = seal.map_err(|error| prove_failed("proving", error.to_string()))?;
    let prove_duration = started.elapsed();

    report("verifying", 0, 1);
    match kind {
        Kind::App => verify_app(&backend.app_vk, image_id, &execution.public_values, &seal)?,
        Kind::Stark => {
            let vk = backend.stark_vk()?;
            verify_stark(&vk, image_id, &execution.public_values, &seal)?;
        }
    }
    report("verifying", 1, 1);
    Ok(Proven { image_id, execution, seal, prove_duration })
}

fn prove_run(
    image: &mut ReadyImage,
    inputs: &[Vec<u8>],
    cuts: &[Segment],
    report: Report,
) -> Result<AppProof, HostError> {
    let mut done = |index| report("proving", index, cuts.len());
    let proving = caught(|| prove_segments(&mut image.instance, input_stream(inputs), cuts, &mut done));
    let proof = proving.map_err(|reason| prove_failed("proving", reason))?.map_err(failed)?;
    report("proving", cuts.len(), cuts.len());
    Ok(proof)
}

fn fold(backend: &mut Backend, proof: AppProof, report: Report) -> Result<seal::StarkProof, HostError> {
    let prover = Arc::clone(&backend.aggregation()?);
    let nodes = |done, total| report("aggregating", done, total);
    let folding = caught(|| aggregate(&prover, proof, nodes));
    folding.map_err(|reason| prove_failed("aggregating", reason))?
}

fn prove_failed(stage: &'static str, reason: String) -> HostError {
    HostError::ProveFailed { stage, reason }
}
