//! A guest image made ready: transpiled, its program committed, its image id known.

use std::sync::Arc;

use openvm_circuit::arch::VmInstance;
use openvm_circuit::arch::instructions::exe::VmExe;
use openvm_circuit::system::program::trace::compute_exe_commit_from_mem_config;
use openvm_continuations::CommitBytes;
use openvm_sdk::prover::vm::new_local_prover;
use openvm_sdk::{DefaultStarkEngine, F, GenericSdk};
use openvm_stark_sdk::config::baby_bear_poseidon2::Digest;
use openvm_transpiler::FromElf;
use openvm_transpiler::elf::Elf;
use openvm_transpiler::openvm_platform::memory::MEM_SIZE;

use crate::host_error::HostError;
use crate::panics::caught;
use crate::vm::ProofbookVmCpuBuilder;

/// The library for Proofbook's own VM.
pub type Sdk = GenericSdk<DefaultStarkEngine, ProofbookVmCpuBuilder>;
pub type Instance = VmInstance<DefaultStarkEngine, ProofbookVmCpuBuilder>;

/// The commitment to program, first memory and first program counter, which both kinds of proof carry and both
/// verifications compare. On the wire: 64 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageId(pub CommitBytes);

impl ImageId {
    pub fn to_hex(self) -> String {
        hex::encode(self.0.as_slice())
    }

    /// `None` unless it is 64 lower-case hex digits of a commitment's one encoding.
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = hex::decode(text).ok()?.try_into().ok()?;
        let id = Self(CommitBytes::try_new(bytes).ok()?);
        (id.to_hex() == text).then_some(id)
    }

    pub fn to_digest(self) -> Digest {
        self.0.into()
    }

    pub fn from_digest(digest: Digest) -> Self {
        Self(CommitBytes::from(digest))
    }
}

/// An image that can execute and prove at once.
pub struct ReadyImage {
    pub elf_hash: blake3::Hash,
    pub image_id: ImageId,
    pub instance: Instance,
}

impl ReadyImage {
    /// Transpiles the ELF and commits to its program (about half a second).
    pub fn new(sdk: &Sdk, elf: &[u8]) -> Result<Self, HostError> {
        let malformed = |reason: String| HostError::ImageMalformed { reason };
        let exe = caught(|| transpile(sdk, elf)).map_err(malformed)?.map_err(malformed)?;
        let made = caught(|| {
            let pk = sdk.app_pk();
            let instance = new_local_prover(*sdk.app_vm_builder(), &pk.app_vm_pk, exe);
            instance.map(|instance| (image_id(&instance), instance))
        });
        let made = made.map_err(malformed)?;
        let (image_id, instance) = made.map_err(|error| malformed(error.to_string()))?;
        Ok(Self { elf_hash: blake3::hash(elf), image_id, instance })
    }
}

fn transpile(sdk: &Sdk, elf: &[u8]) -> Result<Arc<VmExe<F>>, String> {
    let elf = Elf::decode(elf, MEM_SIZE as u32).map_err(|error| error.to_string())?;
    let transpiler = sdk.transpiler().map_err(|error| error.to_string())?;
    let exe = VmExe::from_elf(elf, transpiler.clone()).map_err(|error| error.to_string())?;
    Ok(Arc::new(exe))
}

fn image_id(instance: &Instance) -> ImageId {
    let memory = &instance.vm.config().as_ref().memory_config;
    let commitment = instance.program_commitment();
    ImageId::from_digest(compute_exe_commit_from_mem_config(commitment, instance.exe(), memory))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_id_has_one_text() {
        let text = format!("00{}", "1f".repeat(31));
        let id = ImageId::from_hex(&text).expect("canonical");
        assert_eq!(id.to_hex(), text);
        assert_eq!(ImageId::from_digest(id.to_digest()), id);
        assert_eq!(ImageId::from_hex(&text.to_uppercase()), None);
        assert_eq!(ImageId::from_hex(&format!("0x{text}")), None);
        assert_eq!(ImageId::from_hex(&text[2..]), None);
        assert_eq!(ImageId::from_hex(&"ff".repeat(32)), None, "over the field's digests");
    }
}
