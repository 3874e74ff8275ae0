//! The thread that reads stdin. It never works, so a cancel and the end of stdin are noticed at once.

use std::io::{self, BufReader};
use std::sync::Arc;
use std::thread;

use serde_json::json;

use crate::exit::{self, Exit};
use crate::frame::{Frame, read_frame};
use crate::host_error::HostError;
use crate::ledger::{Found, Ledger};
use crate::outbox::{Outbox, Outcome};
use crate::request::{self, Call};

pub fn start(ledger: Arc<Ledger>, outbox: Arc<Outbox>) -> io::Result<()> {
    let reader = thread::Builder::new().name("intake".to_owned());
    reader.spawn(move || read_all(&ledger, &outbox)).map(|_| ())
}

fn read_all(ledger: &Ledger, outbox: &Outbox) -> ! {
    let mut stdin = BufReader::new(io::stdin());
    loop {
        let taken = match read_frame(&mut stdin) {
            Ok(None) => exit::now(Exit::StdinClosed),
            Ok(Some(frame)) => take(frame, ledger, outbox),
            Err(error) => Err(error),
        };
        if let Err(error) = taken {
            eprintln!("{}", error.message());
            exit::at_the_latest_soon(Exit::FrameMalformed);
            outbox.refuse(None, &error);
            exit::now(Exit::FrameMalformed);
        }
    }
}

/// An error from here means that the stream is no good any more.
fn take(frame: Frame, ledger: &Ledger, outbox: &Outbox) -> Result<(), HostError> {
    let id = request::id_of(&frame)?;
    match request::parse(frame) {
        Ok(Call::Cancel { target }) => cancel(id, target, ledger, outbox),
        Ok(call) => {
            if let Err(error) = ledger.add(id, call) {
                outbox.refuse(Some(id), &error);
            }
        }
        Err(error) => outbox.refuse(Some(id), &error),
    }
    Ok(())
}

/// A request that runs is inside a library call that can not be stopped: both are answered and the process
/// ends, so that nothing goes on burning CPU. The parent starts a new one.
fn cancel(id: u64, target: u64, ledger: &Ledger, outbox: &Outbox) {
    let found = ledger.cancel(target);
    if found == Found::Running {
        exit::at_the_latest_soon(Exit::Canceled);
    }
    if found != Found::Nothing {
        outbox.refuse(Some(target), &HostError::Canceled);
    }
    let result = json!({ "canceled": found != Found::Nothing });
    outbox.reply(id, &Outcome { result, attachment: None });
    if found == Found::Running {
        exit::now(Exit::Canceled);
    }
}
