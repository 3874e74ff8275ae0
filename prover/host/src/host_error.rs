//! The one error type of the host. Its codes are the ones of the project's error table.

use serde_json::{Value, json};

/// Why a verifier said no. The wire word of each is in [`Refusal::word`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The seal does not decode, has bytes left over, or is not the one encoding of what it decodes to.
    MalformedSeal,
    /// The proof is about another program.
    ImageMismatch,
    /// The proof is about other public values.
    PublicValuesMismatch,
    /// The proof was made with other circuits or other parameters than the pinned ones.
    ParametersMismatch,
    /// The proven run did not end with exit code 0.
    GuestFailed,
    /// The proof does not hold.
    ProofInvalid,
}

impl Refusal {
    pub fn word(self) -> &'static str {
        match self {
            Self::MalformedSeal => "malformedSeal",
            Self::ImageMismatch => "imageMismatch",
            Self::PublicValuesMismatch => "publicValuesMismatch",
            Self::ParametersMismatch => "parametersMismatch",
            Self::GuestFailed => "guestFailed",
            Self::ProofInvalid => "proofInvalid",
        }
    }
}

/// Everything that can go wrong with a request or a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum HostError {
    /// The stream can not be read on: the process answers this and exits with code 2.
    FrameMalformed {
        field: String,
        value: String,
        rule: String,
    },
    MethodUnknown {
        method: String,
    },
    InvalidField {
        field: String,
        value: String,
        rule: String,
    },
    /// The guest ended with a non-zero exit code (then `exit_code` is set) or broke a rule of the machine.
    GuestTrapped {
        exit_code: Option<u32>,
        reason: String,
    },
    ImageMalformed {
        reason: String,
    },
    OutOfMemory {
        resident_bytes: u64,
        memory_limit_bytes: u64,
    },
    ProofRefused {
        refusal: Refusal,
        explanation: String,
    },
    ProveFailed {
        stage: &'static str,
        reason: String,
    },
    Canceled,
    HostInternal {
        reason: String,
    },
}

impl HostError {
    /// An `INVALID_FIELD` that names the field, its value as received and the rule it broke.
    pub fn invalid(field: &str, value: impl ToString, rule: &str) -> Self {
        Self::InvalidField {
            field: field.to_owned(),
            value: shorten(&value.to_string()),
            rule: rule.to_owned(),
        }
    }

    /// A `FRAME_MALFORMED` that names the field, its value as received and the rule it broke.
    pub fn malformed(field: &str, value: impl ToString, rule: &str) -> Self {
        Self::FrameMalformed {
            field: field.to_owned(),
            value: shorten(&value.to_string()),
            rule: rule.to_owned(),
        }
    }

    pub fn refused(refusal: Refusal, explanation: impl ToString) -> Self {
        Self::ProofRefused { refusal, explanation: explanation.to_string() }
    }

    pub fn code(&self) -> &'static str {
        match self {
            Self::FrameMalformed { .. } => "FRAME_MALFORMED",
            Self::MethodUnknown { .. } => "METHOD_UNKNOWN",
            Self::InvalidField { .. } => "INVALID_FIELD",
            Self::GuestTrapped { .. } => "GUEST_TRAPPED",
            Self::ImageMalformed { .. } => "IMAGE_MALFORMED",
            Self::OutOfMemory { .. } => "OUT_OF_MEMORY",
            Self::ProofRefused { .. } => "PROOF_REFUSED",
            Self::ProveFailed { .. } => "PROVE_FAILED",
            Self::Canceled => "CANCELED",
            Self::HostInternal { .. } => "HOST_INTERNAL",
        }
    }

    pub fn message(&self) -> String {
        match self {
            Self::FrameMalformed { field, value, rule } => {
                format!("frame field {field} is {value}: {rule}")
            }
            Self::MethodUnknown { method } => format!("method is {method}: no such method"),
            Self::InvalidField { field, value, rule } => format!("{field} is {value}: {rule}"),
            Self::GuestTrapped { exit_code: Some(code), .. } => {
                format!("the guest ended with exitCode {code}")
            }
            Self::GuestTrapped { reason, .. } => format!("the guest trapped: {reason}"),
            Self::ImageMalformed { reason } => format!("the image is not a program: {reason}"),
            Self::OutOfMemory { resident_bytes, memory_limit_bytes } => {
                format!("residentBytes is {resident_bytes}, over memoryLimitBytes {memory_limit_bytes}")
            }
            Self::ProofRefused { refusal, explanation } => {
                format!("the proof is refused ({}): {explanation}", refusal.word())
            }
            Self::ProveFailed { stage, reason } => format!("proving failed while {stage}: {reason}"),
            Self::Canceled => "the request was canceled".to_owned(),
            Self::HostInternal { reason } => format!("the host failed: {reason}"),
        }
    }

    pub fn details(&self) -> Value {
        match self {
            Self::FrameMalformed { field, value, rule } | Self::InvalidField { field, value, rule } => {
                json!({ "field": field, "value": value, "rule": rule })
            }
            Self::MethodUnknown { method } => json!({ "method": method }),
            Self::GuestTrapped { exit_code, reason } => {
                json!({ "exitCode": exit_code, "reason": reason })
            }
            Self::ImageMalformed { reason } | Self::HostInternal { reason } => {
                json!({ "reason": reason })
            }
            Self::OutOfMemory { resident_bytes, memory_limit_bytes } => {
                json!({ "residentBytes": resident_bytes, "memoryLimitBytes": memory_limit_bytes })
            }
            Self::ProofRefused { refusal, explanation } => {
                json!({ "reason": refusal.word(), "explanation": explanation })
            }
            Self::ProveFailed { stage, reason } => json!({ "stage": stage, "reason": reason }),
            Self::Canceled => json!({}),
        }
    }

    /// The `error` object of a reply.
    pub fn to_json(&self) -> Value {
        json!({ "code": self.code(), "message": self.message(), "details": self.details() })
    }
}

/// Values come from outside and may be megabytes: an error message keeps the head.
fn shorten(value: &str) -> String {
    const KEEP: usize = 120;
    match value.char_indices().nth(KEEP) {
        Some((end, _)) => format!("{}... ({} bytes)", &value[..end], value.len()),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_field_names_field_value_and_rule() {
        let error = HostError::invalid("kind", "snark", "must be app or stark");
        assert_eq!(error.code(), "INVALID_FIELD");
        assert_eq!(error.message(), "kind is snark: must be app or stark");
        assert_eq!(
            error.details(),
            json!({ "field": "kind", "value": "snark", "rule": "must be app or stark" })
        );
    }

    #[test]
    fn a_trapped_guest_carries_its_exit_code() {
        let error = HostError::GuestTrapped { exit_code: Some(7), reason: "exitCode".to_owned() };
        assert_eq!(error.to_json()["code"], "GUEST_TRAPPED");
        assert_eq!(error.to_json()["details"]["exitCode"], 7);
        assert_eq!(error.message(), "the guest ended with exitCode 7");
    }

    #[test]
    fn a_refused_proof_tells_its_reason() {
        let error = HostError::refused(Refusal::ImageMismatch, "expected a, proven b");
        assert_eq!(error.to_json()["details"]["reason"], "imageMismatch");
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        let error = HostError::invalid("x", "ü".repeat(1000), "too long");
        let HostError::InvalidField { value, .. } = error else { panic!("wrong kind") };
        assert_eq!(value, format!("{}... (2000 bytes)", "ü".repeat(120)));
    }
}
