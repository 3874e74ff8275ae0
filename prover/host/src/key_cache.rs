//! Keys on disk. A file holds a magic, the digest of its content, and the content; it is written beside its name
//! and renamed, and what does not match is made again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::host_error::HostError;

const MAGIC: &[u8; 8] = b"PBKEYS\x00\x01";
const DIGEST_BYTES: usize = 32;

/// One folder of keys; every file name carries the digest of the parameters its key is for.
pub struct KeyCache {
    dir: Option<PathBuf>,
    parameters_digest: String,
}

impl KeyCache {
    /// Without a folder nothing is kept: every key is made when it is first needed.
    pub fn new(dir: Option<PathBuf>, parameters_digest: &str) -> Self {
        Self { dir, parameters_digest: parameters_digest.to_owned() }
    }

    /// The key called `name`, from disk when it is there, whole and `accept`ed, else made and written.
    /// `accept` gets the key's encoded bytes.
    pub fn load_or_make<K: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        accept: impl Fn(&[u8]) -> bool,
        make: impl FnOnce() -> Result<K, HostError>,
    ) -> Result<K, HostError> {
        let path = self.path(name);
        if let Some(path) = &path {
            match load(path, &accept) {
                Ok(key) => return Ok(key),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => eprintln!("key {} is made again: {error}", path.display()),
            }
        }
        let key = make()?;
        let content = bitcode::serialize(&key).map_err(|error| HostError::HostInternal {
            reason: format!("key {name} can not be encoded: {error}"),
        })?;
        if !accept(&content) {
            return Err(HostError::HostInternal {
                reason: format!(
                    "key {name} as made has digest {}, not the pinned one",
                    blake3::hash(&content)
                ),
            });
        }
        if let Some(path) = &path {
            // A full or read-only disk costs time at the next start, never the request.
            if let Err(error) = store(path, &content) {
                eprintln!("key {} is not kept: {error}", path.display());
            }
        }
        Ok(key)
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        let dir = self.dir.as_ref()?;
        Some(dir.join(format!("{name}-{}.key", self.parameters_digest)))
    }
}

fn load<K: DeserializeOwned>(path: &Path, accept: &impl Fn(&[u8]) -> bool) -> io::Result<K> {
    let bytes = fs::read(path)?;
    let damaged = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("it is not a key file"))?;
    let split = rest.split_at_checked(DIGEST_BYTES);
    let (digest, content) = split.ok_or_else(|| damaged("it is cut off"))?;
    if blake3::hash(content).as_bytes() != digest {
        return Err(damaged("its digest does not match"));
    }
    if !accept(content) {
        return Err(damaged("it is not the pinned key"));
    }
    bitcode::deserialize(content).map_err(|error| damaged(&error.to_string()))
}

fn store(path: &Path, content: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let written = write_draft(&draft, content).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

fn write_draft(draft: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    file.write_all(MAGIC)?;
    file.write_all(blake3::hash(content).as_bytes())?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
#[path = "key_cache_tests.rs"]
mod tests;
