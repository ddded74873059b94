//! What two servers could read differently: lengths, encodings, repeated and folded headers. It
//! must never guess which reading was meant.

use http::header::{self, HeaderMap, HeaderName};

use super::{HeaderRefusal, Upgrade};

/// Headers that may come once. Two of them are read as the first by some servers and as the last
/// by others.
const SINGLE: [HeaderName; 19] = [
    header::ACCEPT_LANGUAGE,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::HOST,
    header::ORIGIN,
    header::REFERER,
    header::USER_AGENT,
    header::AUTHORIZATION,
    header::RANGE,
    header::IF_RANGE,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
    header::TRANSFER_ENCODING,
    header::EXPECT,
    header::UPGRADE,
    header::SEC_WEBSOCKET_KEY,
    header::SEC_WEBSOCKET_VERSION,
    HeaderName::from_static("last-event-id"),
];

pub(super) fn check(headers: &HeaderMap, upgrade: Upgrade) -> Result<(), HeaderRefusal> {
    check_folds(headers)?;
    if SINGLE
        .iter()
        .any(|name| headers.get_all(name).iter().nth(1).is_some())
    {
        return Err(HeaderRefusal::Duplicate);
    }
    check_length(headers)?;
    check_connection(headers, upgrade)?;
    check_upgrade(headers, upgrade)
}

/// A public path takes no body.
pub(super) fn check_bodyless(headers: &HeaderMap) -> Result<(), HeaderRefusal> {
    let length = headers.get(header::CONTENT_LENGTH);
    let empty = length.is_none_or(|value| value.as_bytes().iter().all(|byte| *byte == b'0'));
    if !empty || headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(HeaderRefusal::BodyRefused);
    }
    Ok(())
}

/// A folded line that a server in front has unfolded leaves blanks at an end, or a tab within;
/// a parser strips the blanks of an honest line.
fn check_folds(headers: &HeaderMap) -> Result<(), HeaderRefusal> {
    let folded = headers.values().any(|value| {
        let bytes = value.as_bytes();
        bytes.contains(&b'\t') || bytes.trim_ascii().len() != bytes.len()
    });
    if folded {
        Err(HeaderRefusal::Folded)
    } else {
        Ok(())
    }
}

fn check_length(headers: &HeaderMap) -> Result<(), HeaderRefusal> {
    let length = headers.get(header::CONTENT_LENGTH);
    let encoding = headers.get(header::TRANSFER_ENCODING);
    if length.is_some() && encoding.is_some() {
        return Err(HeaderRefusal::LengthTwice);
    }
    if let Some(length) = length {
        let digits = length.as_bytes();
        // 19 digits always fit; more would overflow somewhere.
        if !(1..=19).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
            return Err(HeaderRefusal::BadLength);
        }
    }
    if encoding.is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"chunked")) {
        return Err(HeaderRefusal::BadTransferEncoding);
    }
    Ok(())
}

/// A proxy removes what `Connection` names. Naming a header that matters is how one makes a proxy
/// remove what it should add.
fn check_connection(headers: &HeaderMap, upgrade: Upgrade) -> Result<(), HeaderRefusal> {
    let mut upgrades = false;
    for value in headers.get_all(header::CONNECTION) {
        let text = value.to_str().map_err(|_| HeaderRefusal::NotText)?;
        for token in text.split(',') {
            match token.trim().to_ascii_lowercase().as_str() {
                "close" | "keep-alive" | "te" | "" => {}
                "upgrade" => upgrades = true,
                _ => return Err(HeaderRefusal::ConnectionNames),
            }
        }
    }
    if upgrade == Upgrade::WebSocket && !upgrades {
        return Err(HeaderRefusal::BadUpgrade);
    }
    Ok(())
}

/// `h2c` carries requests past whoever only looked at the first.
fn check_upgrade(headers: &HeaderMap, upgrade: Upgrade) -> Result<(), HeaderRefusal> {
    let asked = headers.get(header::UPGRADE);
    let websocket = asked.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"));
    let refused = headers.contains_key("http2-settings")
        || (asked.is_some() && !websocket)
        || websocket != (upgrade == Upgrade::WebSocket);
    if refused {
        Err(HeaderRefusal::BadUpgrade)
    } else {
        Ok(())
    }
}
