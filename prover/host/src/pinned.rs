//! Digests fixed in the source, so that no file on disk can bring in another verifying key.

/// `parametersDigest` of the default settings.
pub const DEFAULT_PARAMETERS_DIGEST: &str =
    "0625f356a64d9deef79c33f140efe4d781830aa2ff2d6e0da7a356adfbf5bdbb";

/// BLAKE3 (hex) of the aggregated-proof verifying key, encoded as in the key cache, for each parameters digest.
const STARK_VERIFYING_KEYS: &[(&str, &str)] =
    &[(DEFAULT_PARAMETERS_DIGEST, "3b355abd67ecfcee3e282197c87fd42bf60780f78814afce08e37774eda5b93d")];

/// The digest that a verifying key for aggregated proofs must have. `None` for parameters that are not the
/// default ones: then no file can be vouched for, and the key is always made.
pub fn stark_verifying_key_digest(parameters_digest: &str) -> Option<&'static str> {
    let mut pins = STARK_VERIFYING_KEYS.iter();
    pins.find(|(parameters, _)| *parameters == parameters_digest).map(|(_, key)| *key)
}
