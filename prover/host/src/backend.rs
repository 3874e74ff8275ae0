//! The SDK and everything made once: keys, and the image that was used last. All of it is made on first need.

use std::rc::Rc;
use std::sync::Arc;

use openvm_sdk::keygen::AppVerifyingKey;
use openvm_sdk::prover::AggProver;
use openvm_stark_sdk::config::baby_bear_poseidon2::Digest;
use openvm_verify_stark_host::vk::{VerificationBaseline, VmStarkVerifyingKey};
use serde_json::Value;

use crate::host_error::HostError;
use crate::image::{ReadyImage, Sdk};
use crate::key_cache::KeyCache;
use crate::panics::caught;
use crate::parameters::{self, Parameters};
use crate::pinned;
use crate::settings::Settings;

pub struct Backend {
    pub sdk: Sdk,
    /// Regenerated in every process (7 ms), never read from a file.
    pub app_vk: AppVerifyingKey,
    pub parameters: Value,
    pub parameters_digest: String,
    key_cache: Rc<KeyCache>,
    image: Option<ReadyImage>,
    aggregation: Option<Arc<AggProver>>,
    stark_vk: Option<Arc<VmStarkVerifyingKey>>,
}

impl Backend {
    pub fn new(settings: &Settings) -> Result<Self, HostError> {
        let pinned_parameters = Parameters::new(settings.log_stacked_height);
        let app_config = pinned_parameters.app_config(settings.segment_max_memory_bytes);
        let made = caught(|| {
            let sdk = Sdk::new(app_config, pinned_parameters.aggregation.clone())?;
            let app_vk = sdk.app_vk();
            Ok::<_, openvm_sdk::SdkError>((sdk, app_vk))
        });
        let (sdk, app_vk) = made.map_err(internal)?.map_err(internal)?;
        let parameters = pinned_parameters.to_json(&app_vk)?;
        let parameters_digest = parameters::digest(&parameters);
        Ok(Self {
            sdk,
            app_vk,
            key_cache: Rc::new(KeyCache::new(settings.key_cache_dir.clone(), &parameters_digest)),
            parameters,
            parameters_digest,
            image: None,
            aggregation: None,
            stark_vk: None,
        })
    }

    /// The image of `elf`, ready to run. The one used last is kept.
    pub fn image(&mut self, elf: &[u8]) -> Result<&mut ReadyImage, HostError> {
        let elf_hash = blake3::hash(elf);
        let kept = self.image.take().filter(|image| image.elf_hash == elf_hash);
        let image = match kept {
            Some(image) => image,
            None => ReadyImage::new(&self.sdk, elf)?,
        };
        Ok(self.image.insert(image))
    }

    /// After a failure inside the prover the image's memory can not be used again.
    pub fn drop_image(&mut self) {
        self.image = None;
    }

    /// The aggregation prover: from the cached keys in about 5 s, else in 7 s.
    pub fn aggregation(&mut self) -> Result<Arc<AggProver>, HostError> {
        if let Some(prover) = &self.aggregation {
            return Ok(prover.clone());
        }
        let cache = Rc::clone(&self.key_cache);
        let mut made = None;
        let keys = cache.load_or_make(
            "aggregation-proving-key",
            |_| true,
            || {
                let keys = caught(|| self.sdk.agg_pk()).map_err(internal)?;
                made = Some(self.sdk.agg_prover());
                Ok(keys)
            },
        )?;
        let prover = match made {
            Some(prover) => prover,
            None => {
                let vk = Arc::new(self.app_vk.vk.clone());
                let tree = *self.sdk.agg_tree_config();
                Arc::new(caught(|| AggProver::from_pk(vk, keys, tree, None)).map_err(internal)?)
            }
        };
        self.aggregation = Some(prover.clone());
        Ok(prover)
    }

    /// The verifying key of `stark` seals, with no image id in it yet. With pinned parameters a cached key counts
    /// only if it is the pinned one; with others nothing could vouch for a file, so the key is made (7 s).
    pub fn stark_vk(&mut self) -> Result<Arc<VmStarkVerifyingKey>, HostError> {
        if let Some(vk) = &self.stark_vk {
            return Ok(vk.clone());
        }
        let vk = match pinned::stark_verifying_key_digest(&self.parameters_digest) {
            Some(pin) => {
                let is_pinned = |content: &[u8]| blake3::hash(content).to_hex().as_str() == pin;
                let cache = Rc::clone(&self.key_cache);
                cache.load_or_make("stark-verifying-key", is_pinned, || self.make_stark_vk())
            }
            None => self.make_stark_vk(),
        };
        let vk = Arc::new(vk?);
        self.stark_vk = Some(vk.clone());
        Ok(vk)
    }

    fn make_stark_vk(&mut self) -> Result<VmStarkVerifyingKey, HostError> {
        let prover = self.aggregation()?;
        let recursive = &prover.internal_recursive_prover;
        Ok(VmStarkVerifyingKey {
            mvk: recursive.get_vk().as_ref().clone(),
            baseline: VerificationBaseline {
                app_exe_commit: Digest::default(),
                memory_dimensions: self.app_vk.memory_dimensions,
                num_user_pvs: self.app_vk.num_user_pvs,
                app_vk_commit: prover.leaf_prover.get_vk_commit(false),
                leaf_vk_commit: prover.internal_for_leaf_prover.get_vk_commit(false),
                internal_for_leaf_vk_commit: recursive.get_vk_commit(false),
                internal_recursive_vk_commit: recursive.get_vk_commit(true),
                expected_def_hook_commit: None,
            },
        })
    }
}

fn internal(error: impl ToString) -> HostError {
    HostError::HostInternal { reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings;

    fn encoded(vk: &VmStarkVerifyingKey) -> Vec<u8> {
        bitcode::serialize(vk).expect("encodes")
    }

    #[test]
    fn the_stark_verifying_key_is_the_pinned_one_and_is_kept() {
        let dir = std::env::temp_dir().join(format!("proofbook-backend-{}", std::process::id()));
        let flags = ["--key-cache-dir".to_owned(), dir.display().to_string()];
        let settings = match settings::parse(flags.into_iter()) {
            Ok(settings::Command::Serve(settings)) => settings,
            other => panic!("expected settings, got {other:?}"),
        };
        let made = Backend::new(&settings).and_then(|mut backend| backend.stark_vk());
        let made = made.expect("keygen gives the pinned key");
        let read = Backend::new(&settings).and_then(|mut backend| {
            let read = backend.stark_vk()?;
            assert!(backend.aggregation.is_none(), "no proving key is made to verify");
            Ok(read)
        });
        let same = encoded(&made) == encoded(&read.expect("reads"));
        let _ = std::fs::remove_dir_all(&dir);
        assert!(same);
    }
}
