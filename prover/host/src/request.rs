//! Requests as the dispatcher gets them: checked, with their attachments in named places.

use serde_json::{Map, Value};

use crate::frame::Frame;
use crate::host_error::HostError;
use crate::image::ImageId;
use crate::parameters::PUBLIC_VALUES_BYTES;
use crate::seal::Kind;

/// Ids are JSON numbers of the other side: whole numbers that a double holds exactly.
pub const MAX_ID: u64 = (1 << 53) - 1;

#[derive(Debug, PartialEq)]
pub struct Request {
    pub id: u64,
    pub call: Call,
}

#[derive(Debug, PartialEq)]
pub enum Call {
    Hello,
    ImageId { elf: Vec<u8> },
    Execute { elf: Vec<u8>, inputs: Vec<Vec<u8>> },
    Prove { kind: Kind, elf: Vec<u8>, inputs: Vec<Vec<u8>> },
    Verify { kind: Kind, image_id: ImageId, public_values: Vec<u8>, seal: Vec<u8> },
    Cancel { target: u64 },
}

/// The id of a frame's request. Without one nothing can be answered, so the frame is malformed.
pub fn id_of(frame: &Frame) -> Result<u64, HostError> {
    let field = frame.header.get("id").unwrap_or(&Value::Null);
    let id = field.as_u64().filter(|id| *id <= MAX_ID);
    id.ok_or_else(|| HostError::malformed("id", field, "must be a whole number in 0..2^53"))
}

/// Reads method, params and attachments. Unknown params are refused: they would be silently without effect.
pub fn parse(mut frame: Frame) -> Result<Call, HostError> {
    let method = frame.header.remove("method").unwrap_or(Value::Null);
    let Value::String(method) = method else {
        return Err(HostError::invalid("method", method, "must be a string"));
    };
    let mut params = match frame.header.remove("params") {
        None => Map::new(),
        Some(Value::Object(params)) => params,
        Some(other) => return Err(HostError::invalid("params", other, "must be an object")),
    };
    let attachments = frame.attachments;
    let call = match method.as_str() {
        "hello" => {
            let [] = exactly(attachments, "no attachment")?;
            Call::Hello
        }
        "imageId" => {
            let [elf] = exactly(attachments, "one attachment: the ELF")?;
            Call::ImageId { elf }
        }
        "execute" => {
            let (elf, inputs) = elf_and_inputs(attachments)?;
            Call::Execute { elf, inputs }
        }
        "prove" => {
            let kind = kind(&mut params)?;
            let (elf, inputs) = elf_and_inputs(attachments)?;
            Call::Prove { kind, elf, inputs }
        }
        "verify" => {
            let [seal] = exactly(attachments, "one attachment: the seal")?;
            Call::Verify {
                kind: kind(&mut params)?,
                image_id: image_id(&mut params)?,
                public_values: public_values(&mut params)?,
                seal,
            }
        }
        "cancel" => {
            let [] = exactly(attachments, "no attachment")?;
            let target = params.remove("target").unwrap_or(Value::Null);
            let id = target.as_u64();
            let target = id.ok_or_else(|| HostError::invalid("target", &target, "must be a request's id"))?;
            Call::Cancel { target }
        }
        _ => return Err(HostError::MethodUnknown { method }),
    };
    match params.into_iter().next() {
        None => Ok(call),
        Some((name, value)) => {
            let field = format!("params.{name}");
            Err(HostError::invalid(&field, value, &format!("{method} has no such param")))
        }
    }
}

fn exactly<const N: usize>(attachments: Vec<Vec<u8>>, rule: &str) -> Result<[Vec<u8>; N], HostError> {
    let count = attachments.len();
    let exact = attachments.try_into();
    exact.map_err(|_| HostError::invalid("attachments.length", count, &format!("must be {rule}")))
}

fn elf_and_inputs(mut attachments: Vec<Vec<u8>>) -> Result<(Vec<u8>, Vec<Vec<u8>>), HostError> {
    if attachments.is_empty() {
        let rule = "must be at least 1: the ELF, then the inputs";
        return Err(HostError::invalid("attachments.length", 0, rule));
    }
    let elf = attachments.remove(0);
    Ok((elf, attachments))
}

fn text(params: &mut Map<String, Value>, name: &str) -> Result<String, HostError> {
    match params.remove(name).unwrap_or(Value::Null) {
        Value::String(text) => Ok(text),
        other => Err(HostError::invalid(name, other, "must be a string")),
    }
}

fn kind(params: &mut Map<String, Value>) -> Result<Kind, HostError> {
    match text(params, "kind")?.as_str() {
        "app" => Ok(Kind::App),
        "stark" => Ok(Kind::Stark),
        other => Err(HostError::invalid("kind", other, "must be app or stark")),
    }
}

fn image_id(params: &mut Map<String, Value>) -> Result<ImageId, HostError> {
    let text = text(params, "imageId")?;
    let rule = "must be 64 lower-case hex digits of a commitment";
    ImageId::from_hex(&text).ok_or_else(|| HostError::invalid("imageId", &text, rule))
}

fn public_values(params: &mut Map<String, Value>) -> Result<Vec<u8>, HostError> {
    let text = text(params, "publicValues")?;
    let decoded = hex::decode(&text).ok();
    let exact = decoded.filter(|bytes| bytes.len() == PUBLIC_VALUES_BYTES && hex::encode(bytes) == text);
    let rule = format!("must be {} lower-case hex digits", 2 * PUBLIC_VALUES_BYTES);
    exact.ok_or_else(|| HostError::invalid("publicValues", &text, &rule))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn frame(header: Value, attachments: &[&[u8]]) -> Frame {
        Frame {
            header: header.as_object().expect("an object").clone(),
            attachments: attachments.iter().map(|bytes| bytes.to_vec()).collect(),
        }
    }

    fn bad_field(header: Value, attachments: &[&[u8]]) -> String {
        match parse(frame(header, attachments)) {
            Err(HostError::InvalidField { field, .. }) => field,
            other => panic!("expected INVALID_FIELD, got {other:?}"),
        }
    }

    #[test]
    fn ids_are_safe_integers() {
        assert_eq!(id_of(&frame(json!({ "id": 0 }), &[])), Ok(0));
        for id in [json!(-1), json!(1.5), json!("1"), json!(null), json!(MAX_ID + 1)] {
            let error = id_of(&frame(json!({ "id": id }), &[])).expect_err("malformed");
            assert_eq!(error.code(), "FRAME_MALFORMED");
        }
    }

    #[test]
    fn requests_are_read() {
        let prove = frame(json!({ "method": "prove", "params": { "kind": "app" } }), &[b"elf", b"in", b""]);
        let call =
            Call::Prove { kind: Kind::App, elf: b"elf".to_vec(), inputs: vec![b"in".to_vec(), Vec::new()] };
        assert_eq!(parse(prove), Ok(call));
        let hello = frame(json!({ "method": "hello" }), &[]);
        assert_eq!(parse(hello), Ok(Call::Hello));
        let cancel = frame(json!({ "method": "cancel", "params": { "target": 3 } }), &[]);
        assert_eq!(parse(cancel), Ok(Call::Cancel { target: 3 }));
    }

    #[test]
    fn bad_requests_name_the_field() {
        let id = "00".repeat(32);
        let verify = |kind: &str, image: &str, values: &str| json!({ "method": "verify", "params": { "kind": kind, "imageId": image, "publicValues": values } });
        assert_eq!(bad_field(json!({ "method": 5 }), &[]), "method");
        assert_eq!(bad_field(json!({ "method": "hello", "params": [] }), &[]), "params");
        assert_eq!(bad_field(json!({ "method": "hello", "params": { "x": 1 } }), &[]), "params.x");
        assert_eq!(bad_field(json!({ "method": "hello" }), &[b"x"]), "attachments.length");
        assert_eq!(bad_field(json!({ "method": "imageId" }), &[]), "attachments.length");
        assert_eq!(bad_field(json!({ "method": "execute" }), &[]), "attachments.length");
        assert_eq!(bad_field(json!({ "method": "prove", "params": {} }), &[b"elf"]), "kind");
        assert_eq!(bad_field(json!({ "method": "cancel", "params": {} }), &[]), "target");
        assert_eq!(bad_field(verify("snark", &id, &id), &[b"s"]), "kind");
        assert_eq!(bad_field(verify("app", "xy", &id), &[b"s"]), "imageId");
        assert_eq!(bad_field(verify("app", &id, &id[2..]), &[b"s"]), "publicValues");
        assert_eq!(bad_field(verify("app", &id, &id.replace('0', "A")), &[b"s"]), "publicValues");
    }

    #[test]
    fn unknown_methods_are_named() {
        let error = parse(frame(json!({ "method": "mint" }), &[])).expect_err("unknown");
        assert_eq!(error.message(), "method is mint: no such method");
    }
}
