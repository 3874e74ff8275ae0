//! Verification against an image id, public values and our own verifying key. Nothing comes from the proof
//! itself, and everything that is not a yes is a no.

use openvm_circuit::arch::VmVerificationError;
use openvm_sdk::keygen::AppVerifyingKey;
use openvm_sdk::prover::verify_app_proof;
use openvm_sdk::{DefaultStarkEngine, F, SC, SdkError};
use openvm_stark_backend::p3_field::PrimeField32;
use openvm_verify_stark_host::error::VerifyStarkError;
use openvm_verify_stark_host::verify_vm_stark_proof_decoded;
use openvm_verify_stark_host::vk::VmStarkVerifyingKey;

use crate::host_error::{HostError, Refusal};
use crate::image::ImageId;
use crate::panics::caught;
use crate::seal;

/// Verifies an `app` seal.
pub fn verify_app(
    vk: &AppVerifyingKey,
    image_id: ImageId,
    public_values: &[u8],
    seal: &[u8],
) -> Result<(), HostError> {
    let proof = caught(|| seal::decode_app(seal)).map_err(invalid)??;
    let checked = caught(|| verify_app_proof::<DefaultStarkEngine>(vk, &proof));
    let proven = checked.map_err(invalid)?.map_err(app_refusal)?;
    require_image(image_id, ImageId::from_digest(proven))?;
    require_public_values(public_values, &proof.user_public_values.public_values)
}

/// Verifies a `stark` seal. The image id takes its place in a copy of the verifying key.
pub fn verify_stark(
    vk: &VmStarkVerifyingKey,
    image_id: ImageId,
    public_values: &[u8],
    seal: &[u8],
) -> Result<(), HostError> {
    let proof = caught(|| seal::decode_stark(seal)).map_err(invalid)??;
    let mut vk = vk.clone();
    vk.baseline.app_exe_commit = image_id.to_digest();
    let checked = caught(|| verify_vm_stark_proof_decoded(&vk, &proof));
    checked.map_err(invalid)?.map_err(stark_refusal)?;
    require_public_values(public_values, &proof.user_pvs_proof.public_values)
}

fn require_image(expected: ImageId, proven: ImageId) -> Result<(), HostError> {
    if expected == proven {
        return Ok(());
    }
    let explanation = format!("imageId is {}, proven is {}", expected.to_hex(), proven.to_hex());
    Err(HostError::refused(Refusal::ImageMismatch, explanation))
}

fn require_public_values(expected: &[u8], proven: &[F]) -> Result<(), HostError> {
    let same = expected.len() == proven.len()
        && expected.iter().zip(proven).all(|(&byte, value)| value.as_canonical_u32() == u32::from(byte));
    if same {
        return Ok(());
    }
    let shown: Option<Vec<u8>> =
        proven.iter().map(|value| u8::try_from(value.as_canonical_u32()).ok()).collect();
    let shown = shown.map_or("not bytes".to_owned(), hex::encode);
    let explanation = format!("publicValues is {}, proven is {shown}", hex::encode(expected));
    Err(HostError::refused(Refusal::PublicValuesMismatch, explanation))
}

fn invalid(explanation: String) -> HostError {
    HostError::refused(Refusal::ProofInvalid, explanation)
}

fn app_refusal(error: SdkError) -> HostError {
    let cause = match &error {
        SdkError::Other(report) => report.downcast_ref::<VmVerificationError<SC>>(),
        _ => None,
    };
    let refusal = match cause {
        Some(VmVerificationError::ExitCodeMismatch { .. }) => Refusal::GuestFailed,
        _ => Refusal::ProofInvalid,
    };
    HostError::refused(refusal, error)
}

fn stark_refusal(error: VerifyStarkError) -> HostError {
    use VerifyStarkError as E;
    let refusal = match &error {
        E::AppExeCommitMismatch { .. } => Refusal::ImageMismatch,
        E::UserPvsLengthMismatch { .. } => Refusal::PublicValuesMismatch,
        E::ExecutionUnsuccessful(_) => Refusal::GuestFailed,
        E::AppVkCachedCommitMismatch { .. }
        | E::AppVkPreHashMismatch { .. }
        | E::LeafVkCachedCommitMismatch { .. }
        | E::LeafVkPreHashMismatch { .. }
        | E::InternalForLeafVkCachedCommitMismatch { .. }
        | E::InternalForLeafVkPreHashMismatch { .. }
        | E::InternalRecursiveVkCachedCommitMismatch { .. }
        | E::InternalRecursiveVkPreHashMismatch { .. } => Refusal::ParametersMismatch,
        _ => Refusal::ProofInvalid,
    };
    HostError::refused(refusal, error)
}
