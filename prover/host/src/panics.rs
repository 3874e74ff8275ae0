//! The OpenVM crates report many failures by panicking. Here a panic becomes a value.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

/// Panics go to stderr as one line each: the log's form.
pub fn log_on_one_line() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("panic at {place}: {}", one_line(info.payload()));
    }));
}

/// Runs `work` and returns a panic's message as the error. State that `work` was changing must be thrown away then.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| one_line(payload.as_ref()))
}

fn one_line(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_message() {
        assert_eq!(caught(|| 5), Ok(5));
        let empty: Vec<u8> = Vec::new();
        let index = empty.len() + 3;
        let error = caught(|| empty[index]).expect_err("panics");
        assert!(error.contains("out of bounds"), "{error}");
    }
}
