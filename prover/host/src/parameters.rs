//! Everything a verifier has to agree on, and its digest.

use openvm_sdk::F;
use openvm_sdk::config::{AggregationSystemParams, AppConfig};
use openvm_sdk::keygen::AppVerifyingKey;
use openvm_stark_backend::SystemParams;
use openvm_stark_backend::p3_field::PrimeField32;
use openvm_stark_sdk::config::{SECURITY_BITS_TARGET, app_params_with_100_bits_security};
use serde_json::{Value, json};

use crate::host_error::HostError;
use crate::vm::ProofbookVmConfig;

pub const BACKEND: &str = "openvm";
pub const BACKEND_VERSION: &str = "2.0.2";
/// Bytes a guest reveals: the journal digest.
pub const PUBLIC_VALUES_BYTES: usize = 32;

/// The pinned parameters: the circuits (RV32IM, input/output and BLAKE3) and the proof system's numbers.
#[derive(Clone)]
pub struct Parameters {
    pub log_stacked_height: usize,
    pub vm: ProofbookVmConfig,
    pub app: SystemParams,
    pub aggregation: AggregationSystemParams,
}

impl Parameters {
    pub fn new(log_stacked_height: usize) -> Self {
        Self {
            log_stacked_height,
            vm: ProofbookVmConfig::default(),
            app: app_params_with_100_bits_security(log_stacked_height),
            aggregation: AggregationSystemParams::default(),
        }
    }

    /// The library's configuration, with the segment limit, which no verifier sees.
    pub fn app_config(&self, segment_max_memory_bytes: u64) -> AppConfig<ProofbookVmConfig> {
        let mut vm = self.vm.clone();
        let limit = usize::try_from(segment_max_memory_bytes).unwrap_or(usize::MAX);
        vm.system.segmentation_max_memory = limit;
        AppConfig::new(vm, self.app.clone())
    }

    /// All verifier-relevant parameters as JSON. The verifying key's own digest is one of them, so that a change
    /// of any constraint in the circuits changes the parameters too.
    pub fn to_json(&self, app_vk: &AppVerifyingKey) -> Result<Value, HostError> {
        let internal = |error: &dyn std::fmt::Display| HostError::HostInternal {
            reason: format!("parameters can not be encoded: {error}"),
        };
        let vk_bytes = bitcode::serialize(app_vk).map_err(|error| internal(&error))?;
        let encode = |params: &SystemParams| serde_json::to_value(params).map_err(|error| internal(&error));
        Ok(json!({
            "backend": BACKEND,
            "backendVersion": BACKEND_VERSION,
            "logStackedHeight": self.log_stacked_height,
            "securityBits": SECURITY_BITS_TARGET,
            "publicValuesBytes": PUBLIC_VALUES_BYTES,
            "fieldOrder": F::ORDER_U32,
            "appVerifyingKeyDigest": blake3::hash(&vk_bytes).to_hex().as_str(),
            "vm": serde_json::to_value(&self.vm).map_err(|error| internal(&error))?,
            "app": encode(&self.app)?,
            "leaf": encode(&self.aggregation.leaf)?,
            "internal": encode(&self.aggregation.internal)?,
        }))
    }
}

/// BLAKE3 of the canonical JSON, in hex.
pub fn digest(parameters: &Value) -> String {
    let mut text = String::new();
    write_canonical(parameters, &mut text);
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// Canonical JSON: keys sorted by their bytes, no white space. The values are strings, integers, booleans and nulls.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort();
            out.push('{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(&fields[key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use openvm_sdk::keygen::AppProvingKey;
    use openvm_stark_backend::soundness::SoundnessCalculator;

    use super::*;
    use crate::pinned;
    use crate::settings::DEFAULT_LOG_STACKED_HEIGHT;

    fn app_vk(parameters: &Parameters) -> AppVerifyingKey {
        let config = parameters.app_config(1 << 30);
        AppProvingKey::keygen(config).expect("keygen").get_app_vk()
    }

    fn digest_at(log_stacked_height: usize) -> String {
        let parameters = Parameters::new(log_stacked_height);
        digest(&parameters.to_json(&app_vk(&parameters)).expect("encodes"))
    }

    #[test]
    fn canonical_json_sorts_keys_and_has_no_white_space() {
        let mut text = String::new();
        write_canonical(&json!({ "b": [1, { "z": null, "a": "x\"y" }], "a": true }), &mut text);
        assert_eq!(text, r#"{"a":true,"b":[1,{"a":"x\"y","z":null}]}"#);
    }

    #[test]
    fn the_default_parameters_are_the_pinned_ones() {
        assert_eq!(digest_at(DEFAULT_LOG_STACKED_HEIGHT), pinned::DEFAULT_PARAMETERS_DIGEST);
    }

    #[test]
    fn another_height_is_another_digest() {
        assert_ne!(digest_at(DEFAULT_LOG_STACKED_HEIGHT + 1), pinned::DEFAULT_PARAMETERS_DIGEST);
    }

    #[test]
    fn every_allowed_height_has_100_bits_of_proven_security() {
        for height in 19..=24 {
            let vk = app_vk(&Parameters::new(height)).vk;
            let soundness = SoundnessCalculator::calculate_from_vk(&vk);
            assert!(soundness.total_bits >= 100.0, "{height}: {}", soundness.total_bits);
        }
    }

    #[test]
    fn guests_reveal_32_bytes() {
        let vm = ProofbookVmConfig::default();
        assert_eq!(vm.system.num_public_values, PUBLIC_VALUES_BYTES);
    }
}
