//! Bytes of a proof. A seal has exactly one encoding, so that equal proofs have equal addresses.

use std::io::{self, Cursor};

use openvm_circuit::arch::ContinuationVmProof;
use openvm_circuit::system::memory::merkle::public_values::UserPublicValuesProof;
use openvm_sdk::SC;
use openvm_stark_backend::codec::{Decode, Encode};
use openvm_stark_backend::proof::Proof;
use openvm_verify_stark_host::VmStarkProof;

use crate::host_error::{HostError, Refusal};

pub type AppProof = ContinuationVmProof<SC>;
pub type StarkProof = VmStarkProof;

/// The two kinds of proof: one STARK for each segment, or one for the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    App,
    Stark,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Stark => "stark",
        }
    }
}

/// u32 LE number of segments, their proofs, then the proof of the public values.
pub fn encode_app(proof: &AppProof) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    proof.per_segment.len().encode(&mut bytes)?;
    for segment in &proof.per_segment {
        segment.encode(&mut bytes)?;
    }
    proof.user_public_values.encode::<SC, _>(&mut bytes)?;
    Ok(bytes)
}

pub fn decode_app(seal: &[u8]) -> Result<AppProof, HostError> {
    let mut reader = Cursor::new(seal);
    let decoded = decode_app_parts(&mut reader).map_err(malformed)?;
    only_encoding(seal, encode_app(&decoded))?;
    Ok(decoded)
}

pub fn encode_stark(proof: &StarkProof) -> io::Result<Vec<u8>> {
    proof.encode_to_vec()
}

pub fn decode_stark(seal: &[u8]) -> Result<StarkProof, HostError> {
    let decoded = VmStarkProof::decode_from_bytes(seal).map_err(malformed)?;
    only_encoding(seal, encode_stark(&decoded))?;
    Ok(decoded)
}

fn decode_app_parts(reader: &mut Cursor<&[u8]>) -> io::Result<AppProof> {
    let count = usize::decode(reader)?;
    let mut per_segment = Vec::new();
    for _ in 0..count {
        per_segment.push(Proof::<SC>::decode(reader)?);
    }
    let user_public_values = UserPublicValuesProof::decode::<SC, _>(reader)?;
    Ok(ContinuationVmProof { per_segment, user_public_values })
}

/// Bytes left over, or another spelling of the same proof, are refused.
fn only_encoding(seal: &[u8], encoded: io::Result<Vec<u8>>) -> Result<(), HostError> {
    let encoded = encoded.map_err(malformed)?;
    if encoded == seal {
        return Ok(());
    }
    let explanation = format!("{} bytes are another spelling of {}", seal.len(), encoded.len());
    Err(HostError::refused(Refusal::MalformedSeal, explanation))
}

fn malformed(error: io::Error) -> HostError {
    HostError::refused(Refusal::MalformedSeal, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arbitrary_bytes_are_malformed() {
        for seal in [&[][..], &[0; 3], &[0; 4], &[0xff; 64], &[1, 0, 0, 0, 9, 9]] {
            for error in [decode_app(seal).err(), decode_stark(seal).err()] {
                let error = error.expect("refused");
                assert_eq!(error.details()["reason"], "malformedSeal");
            }
        }
    }
}
