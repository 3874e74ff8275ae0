use std::io::Cursor;

use serde_json::json;

use super::*;

fn header(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

fn raw(header: &str, rest: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u32).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(rest);
    bytes
}

fn malformed_field(bytes: &[u8]) -> String {
    match read_frame(&mut Cursor::new(bytes)) {
        Err(HostError::FrameMalformed { field, .. }) => field,
        other => panic!("expected FRAME_MALFORMED, got {other:?}"),
    }
}

#[test]
fn what_is_written_is_read_again() {
    let mut bytes = Vec::new();
    write_frame(&mut bytes, header(json!({ "id": 1 })), &[b"abc", b"", b"z"]).expect("written");
    write_frame(&mut bytes, header(json!({ "id": 2 })), &[]).expect("written");
    let mut stream = Cursor::new(bytes);
    let first = read_frame(&mut stream).expect("well formed").expect("a frame");
    assert_eq!(first.header, header(json!({ "id": 1 })));
    assert_eq!(first.attachments, vec![b"abc".to_vec(), Vec::new(), b"z".to_vec()]);
    let second = read_frame(&mut stream).expect("well formed").expect("a frame");
    assert!(second.attachments.is_empty());
    assert_eq!(read_frame(&mut stream), Ok(None));
}

#[test]
fn the_layout_is_the_contract_s() {
    let mut bytes = Vec::new();
    write_frame(&mut bytes, header(json!({ "id": 9 })), &[b"\x01\x02"]).expect("written");
    assert_eq!(bytes, raw(r#"{"attachments":[2],"id":9}"#, &[1, 2]));
}

#[test]
fn header_length_has_bounds() {
    assert_eq!(malformed_field(&[0, 0, 0, 0]), "headerLength");
    let over = (MAX_HEADER_BYTES as u32 + 1).to_le_bytes();
    assert_eq!(malformed_field(&over), "headerLength");
    assert_eq!(malformed_field(&[0xff, 0xff, 0xff, 0xff]), "headerLength");
    assert_eq!(malformed_field(&[5, 0]), "headerLength");
}

#[test]
fn a_header_must_be_a_json_object() {
    assert_eq!(malformed_field(&raw("{", &[])), "header");
    assert_eq!(malformed_field(&raw("[1]", &[])), "header");
    let mut not_utf8 = raw("{}", &[]);
    not_utf8[4] = 0xff;
    assert_eq!(malformed_field(&not_utf8), "header");
    assert_eq!(malformed_field(&raw(&"[".repeat(5000), &[])), "header");
}

#[test]
fn a_stream_that_ends_inside_a_frame_is_malformed() {
    let whole = raw(r#"{"attachments":[2,3]}"#, &[1, 2, 3, 4, 5]);
    for end in 1..whole.len() {
        assert!(read_frame(&mut Cursor::new(&whole[..end])).is_err(), "cut at {end}");
    }
    assert!(read_frame(&mut Cursor::new(&whole)).is_ok());
    assert_eq!(malformed_field(&whole[..whole.len() - 1]), "attachments[1]");
}

#[test]
fn attachment_lengths_are_checked_before_anything_is_read() {
    assert_eq!(malformed_field(&raw(r#"{"attachments":3}"#, &[])), "attachments");
    assert_eq!(malformed_field(&raw(r#"{"attachments":[-1]}"#, &[])), "attachments[0]");
    assert_eq!(malformed_field(&raw(r#"{"attachments":[1.5]}"#, &[])), "attachments[0]");
    let huge = format!(r#"{{"attachments":[1,{MAX_ATTACHMENT_BYTES}]}}"#);
    assert_eq!(malformed_field(&raw(&huge, &[])), "attachments[1]");
    let overflow = r#"{"attachments":[18446744073709551615,18446744073709551615]}"#;
    assert_eq!(malformed_field(&raw(overflow, &[])), "attachments[0]");
}
