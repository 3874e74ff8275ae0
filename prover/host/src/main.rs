//! `proofbook-host`: the OpenVM SDK behind frames on stdin and stdout. See PROTOCOL.md.

mod aggregate;
mod allocator;
mod backend;
mod execute;
mod exit;
mod frame;
mod host_error;
mod image;
mod intake;
mod key_cache;
mod ledger;
mod memory;
mod memory_guard;
mod outbox;
mod panics;
mod parameters;
mod pinned;
mod prove;
mod request;
mod seal;
mod segments;
mod serve;
mod settings;
mod verify;
mod vm;

use std::sync::Arc;

use crate::exit::Exit;
use crate::ledger::Ledger;
use crate::outbox::Outbox;
use crate::serve::Server;
use crate::settings::{Command, Settings};

fn main() {
    match settings::parse(std::env::args().skip(1)) {
        Ok(Command::Print(text)) => println!("{text}"),
        Ok(Command::Serve(settings)) => {
            if let Err(error) = serve(settings) {
                give_up(&error);
            }
        }
        Err(error) => give_up(&error),
    }
}

fn serve(settings: Settings) -> Result<(), String> {
    let outbox = Arc::new(Outbox::take_stdout().map_err(|error| format!("stdout: {error}"))?);
    panics::log_on_one_line();
    memory::prefer_as_victim();
    let mut pool = rayon::ThreadPoolBuilder::new();
    if let Some(threads) = settings.threads {
        pool = pool.num_threads(threads);
    }
    pool.build_global().map_err(|error| format!("threads: {error}"))?;
    let ledger = Arc::new(Ledger::default());
    let started = memory_guard::start(settings.memory_limit_bytes, ledger.clone(), outbox.clone())
        .and_then(|()| intake::start(ledger.clone(), outbox.clone()));
    started.map_err(|error| format!("threads: {error}"))?;
    let mut server = Server { settings, ledger, outbox, backend: None };
    server.run()
}

fn give_up(error: &str) -> ! {
    eprintln!("{error}");
    std::process::exit(Exit::BadCommandLine as i32)
}
