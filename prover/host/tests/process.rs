//! The built process from outside: frames, exit codes, stdin.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

fn start(flags: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofbook-host"));
    command.args(flags).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().expect("the host starts")
}

fn frame(header: &Value, attachments: &[&[u8]]) -> Vec<u8> {
    let header = header.to_string();
    let mut bytes = (header.len() as u32).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    for attachment in attachments {
        bytes.extend_from_slice(attachment);
    }
    bytes
}

fn send(host: &mut Child, bytes: &[u8]) {
    host.stdin.as_mut().expect("stdin").write_all(bytes).expect("written");
}

fn receive(host: &mut Child) -> Value {
    let stdout = host.stdout.as_mut().expect("stdout");
    let mut length = [0; 4];
    stdout.read_exact(&mut length).expect("a frame");
    let mut header = vec![0; u32::from_le_bytes(length) as usize];
    stdout.read_exact(&mut header).expect("a header");
    serde_json::from_slice(&header).expect("JSON")
}

/// Closes stdin, checks that nothing else was sent, and returns the exit code.
fn finish(mut host: Child) -> Option<i32> {
    drop(host.stdin.take());
    let mut rest = Vec::new();
    host.stdout.as_mut().expect("stdout").read_to_end(&mut rest).expect("read");
    assert_eq!(rest, Vec::<u8>::new());
    host.wait().expect("ended").code()
}

#[test]
fn hello_tells_versions_and_parameters() {
    let mut host = start(&["serve", "--memory-limit-bytes", "3000000000"]);
    send(&mut host, &frame(&json!({ "id": 7, "method": "hello", "params": {} }), &[]));
    let reply = receive(&mut host);
    assert_eq!(reply["id"], 7);
    assert_eq!(reply["ok"], true);
    assert_eq!(reply["result"]["protocolVersion"], 1);
    assert_eq!(reply["result"]["backendVersion"], "2.0.2");
    assert_eq!(reply["result"]["memoryLimitBytes"], 3_000_000_000_u64);
    assert_eq!(reply["result"]["pid"], host.id());
    assert_eq!(reply["result"]["parameters"]["logStackedHeight"], 20);
    assert_eq!(finish(host), Some(0));
}

#[test]
fn bad_requests_are_answered_and_the_process_goes_on() {
    let mut host = start(&[]);
    send(&mut host, &frame(&json!({ "id": 1, "method": "mint" }), &[]));
    assert_eq!(receive(&mut host)["error"]["code"], "METHOD_UNKNOWN");
    send(&mut host, &frame(&json!({ "id": 2, "method": "prove", "params": { "kind": "x" } }), &[]));
    assert_eq!(receive(&mut host)["error"]["details"]["field"], "kind");
    send(&mut host, &frame(&json!({ "id": 3, "method": "cancel", "params": { "target": 1 } }), &[]));
    assert_eq!(receive(&mut host)["result"]["canceled"], false);
    send(&mut host, &frame(&json!({ "id": 4, "method": "imageId", "attachments": [4] }), &[b"\x7fELF"]));
    assert_eq!(receive(&mut host)["error"]["code"], "IMAGE_MALFORMED");
    let id = "00".repeat(32);
    let params = json!({ "kind": "app", "imageId": id, "publicValues": id });
    let verify = json!({ "id": 5, "method": "verify", "params": params, "attachments": [3] });
    send(&mut host, &frame(&verify, &[b"abc"]));
    let refused = receive(&mut host);
    assert_eq!(refused["error"]["code"], "PROOF_REFUSED");
    assert_eq!(refused["error"]["details"]["reason"], "malformedSeal");
    assert_eq!(finish(host), Some(0));
}

#[test]
fn a_malformed_frame_is_answered_and_ends_the_process() {
    let too_long = 0xffff_ffff_u32.to_le_bytes().to_vec();
    let no_id = frame(&json!({ "method": "hello" }), &[]);
    let too_much = frame(&json!({ "id": 1, "method": "hello", "attachments": [1_u64 << 40] }), &[]);
    let not_json = [&5_u32.to_le_bytes()[..], b"{{{{{"].concat();
    for (bytes, field) in
        [(too_long, "headerLength"), (no_id, "id"), (too_much, "attachments[0]"), (not_json, "header")]
    {
        let mut host = start(&[]);
        send(&mut host, &bytes);
        let reply = receive(&mut host);
        assert_eq!(reply["id"], Value::Null);
        assert_eq!(reply["error"]["code"], "FRAME_MALFORMED");
        assert_eq!(reply["error"]["details"]["field"], field);
        assert_eq!(host.wait().expect("ended").code(), Some(2));
    }
}

#[test]
fn a_frame_that_is_cut_off_ends_the_process() {
    let mut host = start(&[]);
    send(&mut host, &frame(&json!({ "id": 1, "method": "imageId", "attachments": [10] }), &[b"abc"]));
    drop(host.stdin.take());
    assert_eq!(receive(&mut host)["error"]["details"]["field"], "attachments[0]");
    assert_eq!(host.wait().expect("ended").code(), Some(2));
}

#[test]
fn a_bad_command_line_is_exit_code_1() {
    for flags in [&["--threads", "0"][..], &["--colour", "red"], &["--log-stacked-height"]] {
        assert_eq!(finish(start(flags)), Some(1), "{flags:?}");
    }
}
