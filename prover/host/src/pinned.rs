//! Digests fixed in the source, so that no file on disk can bring in another verifying key.

/// `parametersDigest` of the default settings.
pub const DEFAULT_PARAMETERS_DIGEST: &str =
    "594c3de2e1d0628f1e86fa296e318f466707ace7491490501988437d6bf68d0a";

/// BLAKE3 (hex) of the aggregated-proof verifying key, encoded as in the key cache, for each parameters digest.
const STARK_VERIFYING_KEYS: &[(&str, &str)] =
    &[(DEFAULT_PARAMETERS_DIGEST, "7cd418800af215d74a1632311e7f6dda5626264dad446c46da38e7d22f40ba5c")];

/// The digest that a verifying key for aggregated proofs must have. `None` for parameters that are not the
/// default ones: then no file can be vouched for, and the key is always made.
pub fn stark_verifying_key_digest(parameters_digest: &str) -> Option<&'static str> {
    let mut pins = STARK_VERIFYING_KEYS.iter();
    pins.find(|(parameters, _)| *parameters == parameters_digest).map(|(_, key)| *key)
}
