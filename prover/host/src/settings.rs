//! Command line of `proofbook-host`.

use std::path::PathBuf;

use crate::memory;

/// Measured best on two cores (see PROTOCOL.md): larger costs time, 18 is too small for a program.
pub const DEFAULT_LOG_STACKED_HEIGHT: usize = 20;
const LOG_STACKED_HEIGHTS: std::ops::RangeInclusive<usize> = 19..=24;
const MIN_MEMORY_LIMIT_BYTES: u64 = 1 << 30;
/// A segment of more could fill tables beyond what a verifier takes (../../blake3-chip/CONSTRAINTS.md, Heights).
const MAX_SEGMENT_BYTES: u64 = 4_000_000_000;

pub const USAGE: &str = "usage: proofbook-host [serve] [--log-stacked-height N] [--memory-limit-bytes N]
         [--segment-max-memory-bytes N] [--key-cache-dir DIR] [--threads N] | --version | --help";

/// Settings of one process; they do not change while it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub log_stacked_height: usize,
    /// The process answers `OUT_OF_MEMORY` and ends when it holds more than this.
    pub memory_limit_bytes: u64,
    /// A segment ends when its estimated proving memory reaches this.
    pub segment_max_memory_bytes: u64,
    pub key_cache_dir: Option<PathBuf>,
    /// Threads that prove; `None` is one for each core.
    pub threads: Option<usize>,
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Serve(Settings),
    Print(String),
}

/// Reads the arguments after the program's name. An error is one line for a person.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut settings = Settings {
        log_stacked_height: DEFAULT_LOG_STACKED_HEIGHT,
        memory_limit_bytes: 0,
        segment_max_memory_bytes: 0,
        key_cache_dir: None,
        threads: None,
    };
    let mut arguments = arguments.peekable();
    if arguments.peek().is_some_and(|first| first == "serve") {
        arguments.next();
    }
    while let Some(flag) = arguments.next() {
        match flag.as_str() {
            "--help" => return Ok(Command::Print(USAGE.to_owned())),
            "--version" => return Ok(Command::Print(env!("CARGO_PKG_VERSION").to_owned())),
            _ => {}
        }
        let value = arguments.next();
        let value = value.ok_or_else(|| format!("{flag} needs a value\n{USAGE}"))?;
        set(&mut settings, &flag, &value)?;
    }
    fill_in(&mut settings);
    Ok(Command::Serve(settings))
}

fn set(settings: &mut Settings, flag: &str, value: &str) -> Result<(), String> {
    match flag {
        "--log-stacked-height" => {
            let height = number(flag, value)? as usize;
            if !LOG_STACKED_HEIGHTS.contains(&height) {
                return Err(format!("{flag} is {height}: must be {LOG_STACKED_HEIGHTS:?}"));
            }
            settings.log_stacked_height = height;
        }
        "--memory-limit-bytes" => {
            let limit = number(flag, value)?;
            if limit != 0 && limit < MIN_MEMORY_LIMIT_BYTES {
                let rule = format!("must be 0 or at least {MIN_MEMORY_LIMIT_BYTES}");
                return Err(format!("{flag} is {limit}: {rule}"));
            }
            settings.memory_limit_bytes = limit;
        }
        "--segment-max-memory-bytes" => {
            let limit = number(flag, value)?;
            if limit > MAX_SEGMENT_BYTES {
                return Err(format!("{flag} is {limit}: must be at most {MAX_SEGMENT_BYTES}"));
            }
            settings.segment_max_memory_bytes = limit;
        }
        "--key-cache-dir" => settings.key_cache_dir = Some(PathBuf::from(value)),
        "--threads" => match number(flag, value)? {
            count @ 1..=1024 => settings.threads = Some(count as usize),
            count => return Err(format!("{flag} is {count}: must be 1..=1024")),
        },
        _ => return Err(format!("{flag}: no such flag\n{USAGE}")),
    }
    Ok(())
}

fn number(flag: &str, value: &str) -> Result<u64, String> {
    let parsed = value.parse();
    parsed.map_err(|_| format!("{flag} is {value}: must be a whole number"))
}

/// Zeros mean "derive": the memory limit from the machine, the segment limit from the memory limit.
fn fill_in(settings: &mut Settings) {
    if settings.memory_limit_bytes == 0 {
        settings.memory_limit_bytes = memory::machine_limit_bytes();
    }
    if settings.segment_max_memory_bytes == 0 {
        settings.segment_max_memory_bytes = memory::segment_limit_bytes(settings.memory_limit_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &str) -> Result<Command, String> {
        parse(words.split_whitespace().map(str::to_owned))
    }

    fn settings(words: &str) -> Settings {
        match parse_words(words) {
            Ok(Command::Serve(settings)) => settings,
            other => panic!("expected settings, got {other:?}"),
        }
    }

    #[test]
    fn defaults_are_derived() {
        let settings = settings("serve");
        assert_eq!(settings.log_stacked_height, DEFAULT_LOG_STACKED_HEIGHT);
        assert!(settings.memory_limit_bytes > 0);
        assert!(settings.segment_max_memory_bytes > 0);
    }

    #[test]
    fn flags_are_read() {
        let settings = settings(
            "--log-stacked-height 21 --memory-limit-bytes 4000000000 --threads 3 --key-cache-dir /k",
        );
        assert_eq!(settings.log_stacked_height, 21);
        assert_eq!(settings.memory_limit_bytes, 4_000_000_000);
        assert_eq!(settings.threads, Some(3));
        assert_eq!(settings.key_cache_dir, Some(PathBuf::from("/k")));
    }

    #[test]
    fn bad_flags_are_named() {
        for (words, named) in [
            ("--log-stacked-height 18", "--log-stacked-height is 18"),
            ("--log-stacked-height x", "--log-stacked-height is x"),
            ("--threads 0", "--threads is 0"),
            ("--memory-limit-bytes 5", "--memory-limit-bytes is 5"),
            ("--segment-max-memory-bytes 4000000001", "--segment-max-memory-bytes is 4000000001"),
            ("--threads", "--threads needs a value"),
            ("--colour red", "--colour: no such flag"),
        ] {
            let error = parse_words(words).expect_err(words);
            assert!(error.starts_with(named), "{error}");
        }
    }
}
