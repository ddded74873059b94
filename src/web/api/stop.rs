//! How a request of the API ends before its use case is done: with a problem, or with the answer
//! that was given to it the first time.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::key_custody::KeyCustodyError;
use crate::onboarding::{CredentialError, OperatorError};
use crate::store::StoreError;
use crate::web::problem::Problem;

/// An early end.
#[derive(Debug)]
pub enum Stop {
    /// Something is wrong.
    Problem(Box<Problem>),
    /// It was answered before.
    Replayed(Box<Response>),
}

/// What every operation of the API answers.
pub type Answer = Result<Response, Stop>;

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Replayed(response) => *response,
        }
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<OperatorError> for Stop {
    fn from(error: OperatorError) -> Self {
        Self::from(problem_of(&error))
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::from(OperatorError::from(error))
    }
}

impl From<KeyCustodyError> for Stop {
    fn from(error: KeyCustodyError) -> Self {
        Self::from(OperatorError::from(error))
    }
}

impl From<CredentialError> for Stop {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::NotValid => Self::from(Problem::unauthenticated()),
            CredentialError::Store(error) => Self::from(error),
        }
    }
}

fn problem_of(error: &OperatorError) -> Problem {
    match error {
        OperatorError::NotFound => Problem::not_found(),
        OperatorError::Forbidden => Problem::forbidden(),
        OperatorError::Invalid { field, reason } => {
            Problem::invalid(field, format!("`{field}` {reason}"))
        }
        OperatorError::Conflict { code, reason } => Problem::conflict(code, *reason),
        OperatorError::Changed => {
            let title = "It was changed meanwhile";
            Problem::new(StatusCode::PRECONDITION_FAILED, error.code(), title)
                .detail("read it again, and send the change with its new ETag")
        }
        OperatorError::Store(error) | OperatorError::Keys(KeyCustodyError::Store(error)) => {
            of_store(error)
        }
        other => {
            tracing::error!(code = other.code(), "an operator's request failed");
            Problem::internal()
        }
    }
}

fn of_store(error: &StoreError) -> Problem {
    match error {
        StoreError::Conflict { constraint } if constraint == "unstorable_value" => {
            Problem::malformed("it holds a value that cannot be stored")
        }
        // Somebody entered the same thing at this moment; the next try finds it.
        StoreError::Conflict { .. } | StoreError::Unavailable | StoreError::Overloaded => {
            tracing::warn!(
                code = error.code(),
                "an operator's request found the store busy"
            );
            Problem::unavailable()
        }
        other => {
            tracing::error!(code = other.code(), "an operator's request failed");
            Problem::internal()
        }
    }
}
