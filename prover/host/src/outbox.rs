//! Frames to the parent. The real stdout belongs to this file alone: guests and libraries print to stderr.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::exit::{self, Exit};
use crate::frame::write_frame;
use crate::host_error::HostError;

pub struct Outbox {
    stdout: Mutex<File>,
}

/// What a request came to.
pub struct Outcome {
    pub result: Value,
    pub attachment: Option<Vec<u8>>,
}

impl Outbox {
    /// Takes stdout away: file descriptor 1 is stderr from here on, because a guest that prints would
    /// otherwise write into the frames.
    pub fn take_stdout() -> io::Result<Self> {
        // SAFETY: dup and dup2 on the standard descriptors; the new descriptor is owned here only.
        let file = unsafe {
            let copy = libc::fcntl(io::stdout().as_raw_fd(), libc::F_DUPFD_CLOEXEC, 3);
            if copy < 0 || libc::dup2(io::stderr().as_raw_fd(), io::stdout().as_raw_fd()) < 0 {
                return Err(io::Error::last_os_error());
            }
            File::from(OwnedFd::from_raw_fd(copy))
        };
        Ok(Self { stdout: Mutex::new(file) })
    }

    pub fn reply(&self, id: u64, outcome: &Outcome) {
        let header = json!({ "id": id, "ok": true, "result": outcome.result });
        let attachments: Vec<&[u8]> = outcome.attachment.iter().map(Vec::as_slice).collect();
        self.send(header, &attachments);
    }

    /// `id` is `None` where a frame could not be read.
    pub fn refuse(&self, id: Option<u64>, error: &HostError) {
        self.send(json!({ "id": id, "ok": false, "error": error.to_json() }), &[]);
    }

    pub fn progress(&self, id: u64, stage: &str, done: usize, total: usize) {
        let header = json!({ "id": id, "event": "progress", "stage": stage, "done": done, "total": total });
        self.send(header, &[]);
    }

    /// A parent that can not be answered is gone: the process ends.
    fn send(&self, header: Value, attachments: &[&[u8]]) {
        let header = match header {
            Value::Object(header) => header,
            _ => Map::new(),
        };
        let mut stdout = self.stdout.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = write_frame(&mut *stdout, header, attachments) {
            eprintln!("stdout is broken: {error}");
            exit::now(Exit::StdoutBroken);
        }
    }
}
