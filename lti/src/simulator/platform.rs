//! A simulated platform: one issuer that knows one tool.
//!
//! It is as strict about requests as the platform it imitates, so that what passes here has a
//! chance there; it is no place to be lenient for a test's convenience.

use std::sync::OnceLock;

use serde_json::{Value, json};
use time::OffsetDateTime;
use url::Url;

use super::authentication::{AuthenticationParams, PlatformRefusal};
use super::draft::Draft;
use super::flaw::Flaw;
use super::launch_spec::LaunchSpec;
use super::manner;
use super::signing_key::{PlatformSigningKey, SigningKeyError};
use crate::algorithm::Algorithm;
use crate::identifier::{ClientId, DeploymentId, Issuer};
use crate::key_set::{KeySet, KeySetError, PlatformKey};
use crate::key_source::{BoxFuture, KeySource, KeySourceError};

/// Whose manner a simulated platform has.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Flavour {
    /// Instructure's Canvas: POST login with a long hint, tokens of one hour, `errors` members.
    Canvas,
    /// Moodle: JSON message hint, tokens of one minute, short context types.
    Moodle,
    /// A publisher's platform: GET login without message hint, `aud` as a list, keys without
    /// `alg` or `use`, little said about itself.
    Publisher,
}

/// How the login request reaches the tool.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LoginMethod {
    /// Parameters in the query.
    Get,
    /// Parameters in a form.
    Post,
}

/// A simulated platform with one registered tool and one deployment of it.
#[derive(Debug)]
pub struct Platform {
    pub(super) flavour: Flavour,
    pub(super) issuer: Issuer,
    pub(super) client_id: ClientId,
    pub(super) deployment_id: DeploymentId,
    authorization_endpoint: Url,
    redirect_uri: Url,
    pub(super) key: PlatformSigningKey,
    stranger: OnceLock<PlatformSigningKey>,
}

impl Platform {
    /// A platform that knows the tool as `client_id`, installed as `deployment_id`, answering to
    /// `redirect_uri` only.
    pub fn new(
        flavour: Flavour,
        issuer: Issuer,
        client_id: ClientId,
        deployment_id: DeploymentId,
        authorization_endpoint: Url,
        redirect_uri: Url,
        key: PlatformSigningKey,
    ) -> Self {
        Self {
            flavour,
            issuer,
            client_id,
            deployment_id,
            authorization_endpoint,
            redirect_uri,
            key,
            stranger: OnceLock::new(),
        }
    }

    /// Whose manner it has.
    pub fn flavour(&self) -> Flavour {
        self.flavour
    }

    /// Its issuer.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Its name for the tool.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Its installation of the tool.
    pub fn deployment_id(&self) -> &DeploymentId {
        &self.deployment_id
    }

    /// Where the tool sends the authentication request.
    pub fn authorization_endpoint(&self) -> &Url {
        &self.authorization_endpoint
    }

    /// Where the platform posts its answer.
    pub fn redirect_uri(&self) -> &Url {
        &self.redirect_uri
    }

    /// The published keys: the signing key, and two that must never verify an RS256 token: the
    /// same numbers published for encryption, and a key on a curve.
    pub fn jwks(&self) -> Value {
        let (kid, n, e) = (self.key.kid(), self.key.modulus(), self.key.exponent());
        let (x, y) = SAMPLE_POINT;
        let encryption = json!({
            "kty": "RSA", "use": "enc", "kid": encryption_kid(kid), "n": n, "e": e,
        });
        let curve = json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "kid": curve_kid(kid), "x": x, "y": y,
        });
        let signing = match self.flavour {
            Flavour::Canvas => json!({
                "kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "n": n, "e": e,
            }),
            // Padded, as 1EdTech's own examples are.
            Flavour::Moodle => json!({
                "kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "n": format!("{n}=="), "e": e,
            }),
            Flavour::Publisher => json!({
                "kty": "RSA", "key_ops": ["verify"], "kid": kid, "n": n, "e": e,
            }),
        };
        json!({ "keys": [encryption, curve, signing] })
    }

    /// The published keys as the tool reads them.
    ///
    /// # Errors
    /// Never for the sets a simulated platform publishes.
    pub fn key_set(&self) -> Result<KeySet, KeySetError> {
        KeySet::parse(self.jwks().to_string().as_bytes())
    }

    /// How the login request is sent.
    pub fn login_method(&self) -> LoginMethod {
        match self.flavour {
            Flavour::Canvas | Flavour::Moodle => LoginMethod::Post,
            Flavour::Publisher => LoginMethod::Get,
        }
    }

    /// The parameters of the login request for a launch.
    pub fn login_parameters(&self, spec: &LaunchSpec) -> Vec<(String, String)> {
        let mut parameters = vec![
            ("iss", self.issuer.as_str().to_owned()),
            ("login_hint", self.login_hint(spec)),
            ("target_link_uri", spec.target_link_uri.clone()),
            ("client_id", self.client_id.as_str().to_owned()),
        ];
        match self.flavour {
            Flavour::Canvas => {
                parameters.push(("deployment_id", self.deployment_id.as_str().to_owned()));
                parameters.push(("canvas_region", "us-east-1".to_owned()));
                parameters.push(("canvas_environment", "prod".to_owned()));
            }
            Flavour::Moodle => {
                parameters.push(("lti_deployment_id", self.deployment_id.as_str().to_owned()));
            }
            Flavour::Publisher => {}
        }
        if let Some(hint) = self.message_hint(spec) {
            parameters.push(("lti_message_hint", hint));
        }
        if let Some(target) = &spec.storage_target {
            parameters.push(("lti_storage_target", target.clone()));
        }
        parameters
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// Whether a request continues the login of this launch: both hints are those it was sent with.
    pub fn continues(&self, request: &AuthenticationParams, spec: &LaunchSpec) -> bool {
        request.login_hint.as_deref() == Some(self.login_hint(spec).as_str())
            && request.lti_message_hint == self.message_hint(spec)
    }

    /// Answers an authentication request for a launch: the fields posted to the tool.
    ///
    /// # Errors
    /// When the request is not what this platform accepts.
    pub fn answer(
        &self,
        request: &AuthenticationParams,
        spec: &LaunchSpec,
        now: OffsetDateTime,
    ) -> Result<Vec<(String, String)>, PlatformRefusal> {
        let draft = self.draft(request, spec, now)?;
        Ok(self.fields(draft, request, spec))
    }

    /// Answers as [`Self::answer`] does, with one thing wrong.
    ///
    /// # Errors
    /// When the request is not what this platform accepts.
    pub fn answer_flawed(
        &self,
        request: &AuthenticationParams,
        spec: &LaunchSpec,
        now: OffsetDateTime,
        flaw: Flaw,
    ) -> Result<Vec<(String, String)>, PlatformRefusal> {
        let mut draft = self.draft(request, spec, now)?;
        flaw.apply(&mut draft);
        Ok(self.fields(draft, request, spec))
    }

    /// The key of somebody who is not this platform; made when first wanted.
    pub(super) fn stranger(&self) -> Result<&PlatformSigningKey, SigningKeyError> {
        if let Some(key) = self.stranger.get() {
            return Ok(key);
        }
        let key = PlatformSigningKey::generate()?;
        Ok(self.stranger.get_or_init(|| key))
    }

    /// Canvas and Moodle send the person's id, and the launch in the message hint; a publisher
    /// without one has only this to find the launch by.
    fn login_hint(&self, spec: &LaunchSpec) -> String {
        match (self.flavour, &spec.person.sub) {
            (Flavour::Canvas | Flavour::Moodle, Some(sub)) => sub.clone(),
            _ => spec.launch_id.clone(),
        }
    }

    /// What the platform can find a launch by; `None` on platforms that send none.
    fn message_hint(&self, spec: &LaunchSpec) -> Option<String> {
        match self.flavour {
            // Canvas sends a JWT that only Canvas reads; its length is what tools stumble over.
            Flavour::Canvas => Some(format!(
                "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.{:A<600}.{:s<43}",
                spec.launch_id, ""
            )),
            Flavour::Moodle => Some(json!({ "cmid": 2, "launchid": spec.launch_id }).to_string()),
            Flavour::Publisher => None,
        }
    }

    fn draft<'a>(
        &'a self,
        request: &AuthenticationParams,
        spec: &LaunchSpec,
        now: OffsetDateTime,
    ) -> Result<Draft<'a>, PlatformRefusal> {
        self.accepts(request, spec)?;
        let nonce = request.nonce.clone().unwrap_or_default();
        let header = [("typ", "JWT"), ("alg", "RS256"), ("kid", self.key.kid())]
            .map(|(name, value)| (name.to_owned(), json!(value)));
        let header = header.into_iter().collect();
        Ok(Draft::new(
            self,
            header,
            manner::claims(self, spec, &nonce, now),
            now,
        ))
    }

    fn fields(
        &self,
        draft: Draft<'_>,
        request: &AuthenticationParams,
        spec: &LaunchSpec,
    ) -> Vec<(String, String)> {
        let mut fields = vec![("id_token".to_owned(), draft.sealed())];
        if let Some(state) = &request.state {
            fields.push(("state".to_owned(), state.clone()));
        }
        if let (Flavour::Canvas, Some(target)) = (self.flavour, &spec.storage_target) {
            fields.push(("lti_storage_target".to_owned(), target.clone()));
        }
        fields
    }

    /// The checks of the imitated platform, in its order.
    fn accepts(
        &self,
        request: &AuthenticationParams,
        spec: &LaunchSpec,
    ) -> Result<(), PlatformRefusal> {
        let given = |value: &Option<String>, wanted: &str| value.as_deref() == Some(wanted);
        let page = |description| Err(PlatformRefusal::Page { description });
        let posted = |error, description| {
            Err(PlatformRefusal::Posted {
                error,
                description,
                state: request.state.clone(),
            })
        };
        // What the imitated platforms do with a plain mistake: Canvas and Moodle tell the tool
        // where they can, others show a page.
        let mistake = |description| match self.flavour {
            Flavour::Canvas => posted("invalid_request_object", description),
            Flavour::Moodle | Flavour::Publisher => page(description),
        };

        if !self.is_registered_redirect(request.redirect_uri.as_deref()) {
            return page("redirect_uri is not registered");
        }
        if !given(&request.client_id, self.client_id.as_str()) {
            return posted("unauthorized_client", "client_id is unknown");
        }
        if !given(&request.scope, "openid") {
            return mistake("scope must be openid");
        }
        if !given(&request.response_type, "id_token") {
            return mistake("response_type must be id_token");
        }
        if !given(&request.response_mode, "form_post") {
            return posted("invalid_request", "response_mode must be form_post");
        }
        if !given(&request.prompt, "none") {
            return mistake("prompt must be none");
        }
        if request.nonce.as_deref().unwrap_or_default().is_empty() {
            return mistake("nonce is missing");
        }
        if !given(&request.login_hint, &self.login_hint(spec)) {
            let error = match self.flavour {
                Flavour::Canvas => "login_required",
                Flavour::Moodle | Flavour::Publisher => "access_denied",
            };
            return posted(error, "login_hint is not of this session");
        }
        if request.lti_message_hint != self.message_hint(spec) {
            return match self.flavour {
                Flavour::Canvas => posted("launch_no_longer_valid", "lti_message_hint is spent"),
                Flavour::Moodle | Flavour::Publisher => page("lti_message_hint is unknown"),
            };
        }
        Ok(())
    }

    fn is_registered_redirect(&self, redirect_uri: Option<&str>) -> bool {
        let Some(given) = redirect_uri else {
            return false;
        };
        match self.flavour {
            // Canvas compares without the query.
            Flavour::Canvas => {
                let base = given.split('?').next().unwrap_or_default();
                self.redirect_uri.as_str().split('?').next() == Some(base)
            }
            Flavour::Moodle | Flavour::Publisher => given == self.redirect_uri.as_str(),
        }
    }
}

/// The platform's own keys, at whatever address: for tests without HTTP.
impl KeySource for Platform {
    fn find_key<'a>(
        &'a self,
        _address: &'a Url,
        kid: &'a str,
        algorithm: Algorithm,
        _now: OffsetDateTime,
    ) -> BoxFuture<'a, Result<PlatformKey, KeySourceError>> {
        Box::pin(async move {
            let keys = self.key_set().map_err(|_| KeySourceError::Unavailable)?;
            keys.find(kid, algorithm).ok_or(KeySourceError::Unknown)
        })
    }
}

/// A public point on P-256, from RFC 7515, appendix A.3.
const SAMPLE_POINT: (&str, &str) = (
    "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
);

pub(super) fn encryption_kid(kid: &str) -> String {
    format!("{kid}-enc")
}

pub(super) fn curve_kid(kid: &str) -> String {
    format!("{kid}-ec")
}
