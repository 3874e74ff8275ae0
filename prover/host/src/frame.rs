//! The frame codec: u32 LE header length, JSON header, then the attachments one after the other.

use std::io::{self, Read, Write};

use serde_json::{Map, Value};

use crate::host_error::HostError;

pub const MAX_HEADER_BYTES: usize = 1 << 20;
pub const MAX_ATTACHMENT_BYTES: u64 = 256 << 20;

/// A frame that was read: the header without its `attachments` field, and the attachments.
#[derive(Debug, PartialEq)]
pub struct Frame {
    pub header: Map<String, Value>,
    pub attachments: Vec<Vec<u8>>,
}

/// Reads one frame. `None` is the end of the stream between two frames; every other end or excess is
/// `FRAME_MALFORMED`, after which the stream can not be read on.
pub fn read_frame(stream: &mut impl Read) -> Result<Option<Frame>, HostError> {
    let Some(header_bytes) = read_header(stream)? else {
        return Ok(None);
    };
    let mut header = parse_header(&header_bytes)?;
    let lengths = attachment_lengths(header.remove("attachments"))?;
    let mut attachments = Vec::with_capacity(lengths.len());
    for (index, length) in lengths.into_iter().enumerate() {
        attachments.push(read_exactly(stream, &format!("attachments[{index}]"), length)?);
    }
    Ok(Some(Frame { header, attachments }))
}

/// Writes one frame and flushes it. The `attachments` field is added here, from what is really written.
pub fn write_frame(
    stream: &mut impl Write,
    mut header: Map<String, Value>,
    attachments: &[&[u8]],
) -> io::Result<()> {
    if !attachments.is_empty() {
        let lengths: Vec<usize> = attachments.iter().map(|bytes| bytes.len()).collect();
        header.insert("attachments".to_owned(), lengths.into());
    }
    let header_bytes = serde_json::to_vec(&header)?;
    let length = u32::try_from(header_bytes.len()).map_err(io::Error::other)?;
    stream.write_all(&length.to_le_bytes())?;
    stream.write_all(&header_bytes)?;
    for bytes in attachments {
        stream.write_all(bytes)?;
    }
    stream.flush()
}

fn read_header(stream: &mut impl Read) -> Result<Option<Vec<u8>>, HostError> {
    let mut prefix = Vec::with_capacity(4);
    let read = stream.take(4).read_to_end(&mut prefix);
    read.map_err(|error| HostError::malformed("headerLength", error, "the stream can not be read"))?;
    if prefix.is_empty() {
        return Ok(None);
    }
    let Ok(prefix) = <[u8; 4]>::try_from(prefix.as_slice()) else {
        let got = format!("{} bytes", prefix.len());
        return Err(HostError::malformed("headerLength", got, "the stream ended inside it"));
    };
    let length = u32::from_le_bytes(prefix) as usize;
    if length == 0 || length > MAX_HEADER_BYTES {
        let rule = format!("must be 1..={MAX_HEADER_BYTES}");
        return Err(HostError::malformed("headerLength", length, &rule));
    }
    read_exactly(stream, "header", length as u64).map(Some)
}

fn parse_header(bytes: &[u8]) -> Result<Map<String, Value>, HostError> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(header)) => Ok(header),
        Ok(other) => Err(HostError::malformed("header", other, "must be a JSON object")),
        Err(error) => Err(HostError::malformed("header", error, "must be a JSON object in UTF-8")),
    }
}

fn attachment_lengths(field: Option<Value>) -> Result<Vec<u64>, HostError> {
    let Some(field) = field else {
        return Ok(Vec::new());
    };
    let rule = "must be an array of byte lengths";
    let Value::Array(items) = &field else {
        return Err(HostError::malformed("attachments", field, rule));
    };
    let mut lengths = Vec::with_capacity(items.len());
    let mut sum: u64 = 0;
    for (index, item) in items.iter().enumerate() {
        let Some(length) = item.as_u64() else {
            return Err(HostError::malformed(&format!("attachments[{index}]"), item, rule));
        };
        sum = sum.saturating_add(length);
        if sum > MAX_ATTACHMENT_BYTES {
            let rule = format!("all attachments together must be at most {MAX_ATTACHMENT_BYTES} bytes");
            return Err(HostError::malformed(&format!("attachments[{index}]"), length, &rule));
        }
        lengths.push(length);
    }
    Ok(lengths)
}

/// The buffer grows with what arrives, so a length that is only claimed costs no memory.
fn read_exactly(stream: &mut impl Read, field: &str, length: u64) -> Result<Vec<u8>, HostError> {
    let mut bytes = Vec::new();
    let read = stream.take(length).read_to_end(&mut bytes);
    read.map_err(|error| HostError::malformed(field, error, "the stream can not be read"))?;
    if bytes.len() as u64 != length {
        let rule = format!("the stream ended before byte {length}");
        return Err(HostError::malformed(field, format!("{} bytes", bytes.len()), &rule));
    }
    Ok(bytes)
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
