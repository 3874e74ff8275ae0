//! Answers requests, one after the other.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use crate::backend::Backend;
use crate::execute::{Cost, execute};
use crate::host_error::HostError;
use crate::image::ImageId;
use crate::ledger::Ledger;
use crate::memory;
use crate::outbox::{Outbox, Outcome};
use crate::panics::caught;
use crate::parameters::{BACKEND, BACKEND_VERSION};
use crate::prove::prove;
use crate::request::{Call, Request};
use crate::seal::Kind;
use crate::settings::Settings;
use crate::verify::{verify_app, verify_stark};

pub const PROTOCOL_VERSION: u32 = 1;

pub struct Server {
    pub settings: Settings,
    pub ledger: Arc<Ledger>,
    pub outbox: Arc<Outbox>,
    pub backend: Option<Backend>,
}

impl Server {
    /// Answers for ever; the process is ended by the other threads.
    pub fn run(&mut self) -> ! {
        loop {
            let Request { id, call } = self.ledger.next();
            let answered = match caught(|| self.answer(id, call)) {
                Ok(answered) => answered,
                Err(reason) => {
                    // Whatever was half made is not used again.
                    self.backend = None;
                    Err(HostError::HostInternal { reason })
                }
            };
            if self.ledger.close(id) {
                match answered {
                    Ok(outcome) => self.outbox.reply(id, &outcome),
                    Err(error) => self.outbox.refuse(Some(id), &error),
                }
            }
        }
    }

    fn answer(&mut self, id: u64, call: Call) -> Result<Outcome, HostError> {
        match call {
            Call::Hello => self.hello(),
            Call::ImageId { elf } => {
                let image_id = self.backend()?.image(&elf)?.image_id;
                plain(json!({ "imageId": image_id.to_hex() }))
            }
            Call::Execute { elf, inputs } => self.execute(id, &elf, &inputs),
            Call::Prove { kind, elf, inputs } => self.prove(id, kind, &elf, &inputs),
            Call::Verify { kind, image_id, public_values, seal } => {
                self.verify(kind, image_id, &public_values, &seal)
            }
            Call::Cancel { target } => Err(HostError::HostInternal {
                reason: format!("cancel of {target} is answered where it is read"),
            }),
        }
    }

    /// Made on first need, so that the process starts at once.
    fn backend(&mut self) -> Result<&mut Backend, HostError> {
        let backend = match self.backend.take() {
            Some(backend) => backend,
            None => Backend::new(&self.settings)?,
        };
        Ok(self.backend.insert(backend))
    }

    fn hello(&mut self) -> Result<Outcome, HostError> {
        let memory_limit_bytes = self.settings.memory_limit_bytes;
        let segment_max_memory_bytes = self.settings.segment_max_memory_bytes;
        let backend = self.backend()?;
        plain(json!({
            "protocolVersion": PROTOCOL_VERSION,
            "hostVersion": env!("CARGO_PKG_VERSION"),
            "backend": BACKEND,
            "backendVersion": BACKEND_VERSION,
            "parameters": backend.parameters,
            "parametersDigest": backend.parameters_digest,
            "memoryLimitBytes": memory_limit_bytes,
            "segmentMaxMemoryBytes": segment_max_memory_bytes,
            "pid": std::process::id(),
        }))
    }

    fn execute(&mut self, id: u64, elf: &[u8], inputs: &[Vec<u8>]) -> Result<Outcome, HostError> {
        let outbox = Arc::clone(&self.outbox);
        let image = self.backend()?.image(elf)?;
        outbox.progress(id, "executing", 0, 1);
        let execution = execute(&image.instance, inputs)?;
        outbox.progress(id, "executing", 1, 1);
        let total = execution.total();
        plain(json!({
            "imageId": image.image_id.to_hex(),
            "instructionCount": total.instruction_count,
            "segments": execution.segments.iter().map(cost_json).collect::<Vec<_>>(),
            "traceCells": total.trace_cells,
            "paddedTraceCells": total.padded_trace_cells,
            "publicValues": hex::encode(&execution.public_values),
            "executeDurationMs": milliseconds(execution.duration),
        }))
    }

    fn prove(&mut self, id: u64, kind: Kind, elf: &[u8], inputs: &[Vec<u8>]) -> Result<Outcome, HostError> {
        let outbox = Arc::clone(&self.outbox);
        let report = |stage: &str, done, total| outbox.progress(id, stage, done, total);
        memory::reset_peak();
        let backend = self.backend()?;
        let proven = prove(backend, kind, elf, inputs, &report)?;
        let total = proven.execution.total();
        Ok(Outcome {
            result: json!({
                "imageId": proven.image_id.to_hex(),
                "kind": kind.word(),
                "publicValues": hex::encode(&proven.execution.public_values),
                "segmentCount": proven.execution.segments.len(),
                "instructionCount": total.instruction_count,
                "traceCells": total.trace_cells,
                "paddedTraceCells": total.padded_trace_cells,
                "proveDurationMs": milliseconds(proven.prove_duration),
                "executeDurationMs": milliseconds(proven.execution.duration),
                "peakMemoryBytes": memory::peak_bytes(),
                "parametersDigest": backend.parameters_digest,
            }),
            attachment: Some(proven.seal),
        })
    }

    fn verify(
        &mut self,
        kind: Kind,
        image_id: ImageId,
        public_values: &[u8],
        seal: &[u8],
    ) -> Result<Outcome, HostError> {
        let backend = self.backend()?;
        let started;
        match kind {
            Kind::App => {
                started = Instant::now();
                verify_app(&backend.app_vk, image_id, public_values, seal)?;
            }
            Kind::Stark => {
                let vk = backend.stark_vk()?;
                started = Instant::now();
                verify_stark(&vk, image_id, public_values, seal)?;
            }
        }
        plain(json!({ "verified": true, "verifyDurationMs": milliseconds(started.elapsed()) }))
    }
}

fn plain(result: Value) -> Result<Outcome, HostError> {
    Ok(Outcome { result, attachment: None })
}

fn cost_json(cost: &Cost) -> Value {
    json!({
        "instructionCount": cost.instruction_count,
        "traceCells": cost.trace_cells,
        "paddedTraceCells": cost.padded_trace_cells,
    })
}

/// With microseconds, so that a fast verification is not 0.
fn milliseconds(duration: std::time::Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}
