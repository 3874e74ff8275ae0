use std::cell::Cell;

use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let unique = format!("proofbook-key-cache-{}-{name}", std::process::id());
        Self(std::env::temp_dir().join(unique))
    }

    fn cache(&self) -> KeyCache {
        KeyCache::new(Some(self.0.clone()), "p")
    }

    fn file(&self) -> PathBuf {
        self.0.join("leaf-p.key")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Asks for the key and tells whether it had to be made.
fn ask(cache: &KeyCache, accept: impl Fn(&[u8]) -> bool) -> (Vec<u32>, bool) {
    let made = Cell::new(false);
    let key = cache.load_or_make("leaf", accept, || {
        made.set(true);
        Ok(vec![1u32, 2, 3])
    });
    (key.expect("a key"), made.get())
}

#[test]
fn a_key_is_made_once() {
    let folder = Folder::new("once");
    assert_eq!(ask(&folder.cache(), |_| true), (vec![1, 2, 3], true));
    assert_eq!(ask(&folder.cache(), |_| true), (vec![1, 2, 3], false));
    let left: Vec<_> = fs::read_dir(&folder.0).expect("folder").collect();
    assert_eq!(left.len(), 1, "no draft stays behind");
}

#[test]
fn a_damaged_file_is_made_again_and_mended() {
    let folder = Folder::new("damaged");
    ask(&folder.cache(), |_| true);
    let whole = fs::read(folder.file()).expect("file");
    for position in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[position] ^= 1;
        fs::write(folder.file(), &damaged).expect("written");
        assert_eq!(ask(&folder.cache(), |_| true), (vec![1, 2, 3], true), "byte {position}");
        assert_eq!(fs::read(folder.file()).expect("file"), whole);
    }
    for length in 0..whole.len() {
        fs::write(folder.file(), &whole[..length]).expect("written");
        assert!(ask(&folder.cache(), |_| true).1, "cut to {length}");
    }
}

#[test]
fn a_whole_file_with_another_key_is_not_trusted() {
    let folder = Folder::new("foreign");
    let foreign = bitcode::serialize(&vec![9u32]).expect("encodes");
    store(&folder.file(), &foreign).expect("stored");
    let pin = blake3::hash(&bitcode::serialize(&vec![1u32, 2, 3]).expect("encodes"));
    let accept = |content: &[u8]| blake3::hash(content) == pin;
    assert_eq!(ask(&folder.cache(), accept), (vec![1, 2, 3], true));
    assert_eq!(ask(&folder.cache(), accept), (vec![1, 2, 3], false));
}

#[test]
fn a_made_key_that_is_not_the_pinned_one_is_an_error() {
    let folder = Folder::new("unpinned");
    let key = folder.cache().load_or_make("leaf", |_| false, || Ok(7u32));
    assert_eq!(key.expect_err("refused").code(), "HOST_INTERNAL");
    assert!(!folder.file().exists());
}

#[test]
fn without_a_folder_every_key_is_made() {
    let cache = KeyCache::new(None, "p");
    assert!(ask(&cache, |_| true).1);
    assert!(ask(&cache, |_| true).1);
}
