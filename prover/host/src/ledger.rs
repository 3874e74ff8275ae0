//! Which requests wait, which one runs, and who may still answer it.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::host_error::HostError;
use crate::request::{Call, Request};

/// Waiting requests hold their attachments in memory: more than this are refused.
const MAX_WAITING: usize = 64;

#[derive(Default)]
pub struct Ledger {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Request>,
    running: Option<u64>,
}

/// What `cancel` found.
#[derive(Debug, PartialEq)]
pub enum Found {
    /// It had not begun and never will; its answer is the caller's to give.
    Waiting,
    /// It runs. The caller alone may answer it now, and has to end the process.
    Running,
    Nothing,
}

impl Ledger {
    pub fn add(&self, id: u64, call: Call) -> Result<(), HostError> {
        let mut state = self.lock();
        if state.running == Some(id) || state.waiting.iter().any(|request| request.id == id) {
            return Err(HostError::invalid("id", id, "is the id of a request not answered yet"));
        }
        if state.waiting.len() >= MAX_WAITING {
            let rule = format!("{MAX_WAITING} requests wait already");
            return Err(HostError::invalid("id", id, &rule));
        }
        state.waiting.push_back(Request { id, call });
        self.arrived.notify_one();
        Ok(())
    }

    /// Waits for the next request and marks it as running.
    pub fn next(&self) -> Request {
        let mut state = self.lock();
        loop {
            if let Some(request) = state.waiting.pop_front() {
                state.running = Some(request.id);
                return request;
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whoever gets `true` answers the running request; everybody else gets `false`.
    pub fn close(&self, id: u64) -> bool {
        let mut state = self.lock();
        let mine = state.running == Some(id);
        if mine {
            state.running = None;
        }
        mine
    }

    /// The running request, taken away from the worker.
    pub fn seize_running(&self) -> Option<u64> {
        self.lock().running.take()
    }

    pub fn cancel(&self, target: u64) -> Found {
        let mut state = self.lock();
        if state.running == Some(target) {
            state.running = None;
            return Found::Running;
        }
        match state.waiting.iter().position(|request| request.id == target) {
            Some(index) => {
                state.waiting.remove(index);
                Found::Waiting
            }
            None => Found::Nothing,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_run_in_order_and_are_answered_once() {
        let ledger = Ledger::default();
        ledger.add(1, Call::Hello).expect("added");
        ledger.add(2, Call::Hello).expect("added");
        assert_eq!(ledger.next().id, 1);
        assert!(ledger.close(1));
        assert!(!ledger.close(1));
        assert_eq!(ledger.next().id, 2);
        assert_eq!(ledger.seize_running(), Some(2));
        assert!(!ledger.close(2));
    }

    #[test]
    fn ids_in_use_are_refused() {
        let ledger = Ledger::default();
        ledger.add(1, Call::Hello).expect("added");
        assert!(ledger.add(1, Call::Hello).is_err());
        ledger.next();
        assert!(ledger.add(1, Call::Hello).is_err());
        ledger.close(1);
        assert!(ledger.add(1, Call::Hello).is_ok());
    }

    #[test]
    fn the_queue_is_bounded() {
        let ledger = Ledger::default();
        for id in 0..MAX_WAITING as u64 {
            ledger.add(id, Call::Hello).expect("added");
        }
        assert!(ledger.add(1000, Call::Hello).is_err());
    }

    #[test]
    fn cancel_tells_what_it_found() {
        let ledger = Ledger::default();
        ledger.add(1, Call::Hello).expect("added");
        ledger.add(2, Call::Hello).expect("added");
        ledger.next();
        assert_eq!(ledger.cancel(2), Found::Waiting);
        assert_eq!(ledger.cancel(2), Found::Nothing);
        assert_eq!(ledger.cancel(1), Found::Running);
        assert!(!ledger.close(1), "the worker may not answer any more");
        assert_eq!(ledger.cancel(1), Found::Nothing);
    }
}
