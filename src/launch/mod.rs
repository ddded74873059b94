//! Use case: someone arrives from a platform. It must never keep anything before the launch is
//! shown to be genuine.

mod agent_choice;
mod begin_login;
mod cast;
mod complete_launch;
mod deployment;
mod framing;
pub mod hand_over;
mod launch_record;
mod launch_stop;
pub mod login_state;
mod opening;
mod pace;
mod people;
mod platform_keys;
mod reference;
mod sessions;
mod stopping;
mod verify_launch;

pub use agent_choice::LinkKey;
pub use begin_login::{BeginLoginError, BegunLogin, Binding, BrowserEvidence, Logins, Shown};
pub use complete_launch::{LaunchFailure, LaunchOutcome, Launches, OpenedLaunch};
pub use hand_over::{AgentHost, AgentsDomain, AgentsDomainError, HandOverCode};
pub use launch_record::{KeptMasquerade, LaunchRecord};
pub use launch_stop::{LaunchStop, LikelyChild, Reader, StopReason};
pub use pace::{LaunchPace, Pace};
pub use people::{find_or_prepare, sub_index};
pub use platform_keys::PlatformKeys;
pub use reference::{hash, new_reference};
pub use sessions::{LiveSession, Redemption, SessionError, Sessions};
pub use verify_launch::{LaunchVerifier, PlatformAnswer, Verification, VerifyLaunchError};
