//! Pages people see: plain words on one small shell, rendered on the server, whole without
//! JavaScript. A page must never show a stack, a claim of a token, or a person to someone else.

pub mod about_me;
pub mod api_reference;
pub mod asset;
pub mod form;
pub mod hand_over;
pub mod launch_problem;
pub mod locale;
pub mod notice;
pub mod rendered;
pub mod settle_binding;

pub use about_me::{AboutMe, SentElement, WithheldBecause, WithheldElement};
pub use api_reference::ApiReference;
pub use asset::{Asset, AssetBase};
pub use form::{Form, FormMethod};
pub use hand_over::HandOver;
pub use launch_problem::{Audience, LaunchProblem, Problem};
pub use locale::Locale;
pub use notice::{Notice, PlainNotice};
pub use rendered::{ConnectTo, FormAction, Framing, ReferrerPolicy, Rendered};
pub use settle_binding::SettleBinding;

#[cfg(test)]
mod tests;
