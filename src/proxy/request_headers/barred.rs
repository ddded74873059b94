//! Names that never pass to an agent, whatever its manifest asks. It must never be shortened
//! without a word in `docs/THREATS`.

use http::HeaderName;

/// Where our own header names begin.
const OURS: &str = "x-agent-factory";

/// Prefixes of names that never pass: ours, the client's address and browser, traces, and what
/// belongs to one connection.
const BARRED_PREFIXES: [&str; 18] = [
    OURS,
    "x-forwarded",
    "x-original",
    "x-rewrite",
    "x-auth",
    "x-remote",
    "remote-",
    "proxy-",
    "sec-",
    "cf-",
    "x-envoy",
    "x-b3-",
    "x-datadog-",
    "x-amzn-",
    "x-cloud-trace",
    "access-control-",
    "x-http-method",
    "x-method",
];

/// Names that never pass: credentials, addresses, traces, client hints, framing, and those that
/// the gateway itself treats.
const BARRED: [&str; 50] = [
    "accept-language",
    "authorization",
    "b3",
    "baggage",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "correlation-context",
    "device-memory",
    "dnt",
    "downlink",
    "dpr",
    "ect",
    "expect",
    "fastly-client-ip",
    "forwarded",
    "forwarded-for",
    "from",
    "host",
    "http2-settings",
    "keep-alive",
    "max-forwards",
    "origin",
    "ping-from",
    "ping-to",
    "purpose",
    "referer",
    "request-id",
    "rtt",
    "save-data",
    "service-worker",
    "te",
    "trace-id",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "true-client-ip",
    "uber-trace-id",
    "upgrade",
    "user-agent",
    "via",
    "viewport-width",
    "width",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-correlation-id",
    "x-real-ip",
    "x-request-id",
];

/// Whether a header may never be named in a manifest: it would tell who the client is, carry a
/// credential, break the framing, or be read as another header.
///
/// Underscores are barred altogether: CGI and its heirs read them as hyphens.
pub fn is_barred(name: &HeaderName) -> bool {
    let name = name.as_str();
    !name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        || BARRED.contains(&name)
        || BARRED_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// Whether a client's header could be read as one of ours: any case, and any sign for a hyphen,
/// since CGI and its heirs make one out of many.
pub(super) fn is_forged(name: &HeaderName) -> bool {
    let read: String = name
        .as_str()
        .chars()
        .map(|sign| {
            if sign.is_ascii_alphanumeric() {
                sign.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    read.starts_with(OURS)
}
