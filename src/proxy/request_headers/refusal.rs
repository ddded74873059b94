//! Why a request's headers were refused. It must never quote them.

/// Why a request's headers were refused. Expected, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderRefusal {
    /// A header that begins with `x-agent-factory-`, in any spelling, came from a client.
    #[error("a header that only the gateway may send came from a client")]
    Forged,
    /// A header that may come once came twice.
    #[error("a header that may come once came twice")]
    Duplicate,
    /// `Content-Length` and `Transfer-Encoding` came together.
    #[error("the length is given twice, as a number and as chunks")]
    LengthTwice,
    /// `Content-Length` is no plain number.
    #[error("the length is no plain number")]
    BadLength,
    /// `Transfer-Encoding` is not `chunked` alone.
    #[error("the transfer encoding is not `chunked` alone")]
    BadTransferEncoding,
    /// `Connection` names a header that is not its own to remove.
    #[error("the connection header names another header")]
    ConnectionNames,
    /// An upgrade to something other than the WebSocket that was asked for.
    #[error("the upgrade is refused")]
    BadUpgrade,
    /// A line was folded, or begins with blanks as folded lines do.
    #[error("a header line is folded")]
    Folded,
    /// A value that would pass is no ASCII text.
    #[error("a header is no text")]
    NotText,
    /// One value, or all together, are too long.
    #[error("the headers are too long")]
    TooLong,
    /// More than 100 headers.
    #[error("there are too many headers")]
    TooMany,
    /// Two cookies of the gateway's name.
    #[error("a cookie of the gateway came twice")]
    CookieTwice,
    /// A body where none may be.
    #[error("a body came where none may be")]
    BodyRefused,
}

impl HeaderRefusal {
    /// The stable code of this refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Forged => "header-forged",
            Self::Duplicate => "header-duplicate",
            Self::LengthTwice => "header-length-twice",
            Self::BadLength => "header-bad-length",
            Self::BadTransferEncoding => "header-bad-transfer-encoding",
            Self::ConnectionNames => "header-connection-names",
            Self::BadUpgrade => "header-bad-upgrade",
            Self::Folded => "header-folded",
            Self::NotText => "header-not-text",
            Self::TooLong => "header-too-long",
            Self::TooMany => "header-too-many",
            Self::CookieTwice => "header-cookie-twice",
            Self::BodyRefused => "header-body-refused",
        }
    }
}
