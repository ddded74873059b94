//! Puts the campus's institutions, platforms and grounds on file, through the same API an operator
//! uses. A database that has them already is left as it is.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, header};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::people::CampusPlatform;
use super::seed::{RegistrationOwner, SeedPlan};
use crate::clock::Timestamp;
use crate::gateway::Gateway;
use crate::onboarding::bootstrap;
use crate::vault::Secret32;
use crate::web::public_router;

const SECONDS_A_DAY: u64 = 24 * 3600;

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// The operator of the demo: the API, and the token of the first start.
struct Operator {
    router: Router,
    host: String,
    token: String,
}

impl Operator {
    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = Request::post(path)
            .header(header::HOST, &self.host)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))?;
        let response = self.router.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), MAX_ANSWER).await?;
        if !status.is_success() {
            bail!(
                "`{path}` answered {status}: {}",
                String::from_utf8_lossy(&bytes)
            );
        }
        Ok(serde_json::from_slice(&bytes)?)
    }

    async fn create(&self, path: &str, body: &Value) -> anyhow::Result<String> {
        let answer = self.post(path, body).await?;
        let id = answer
            .get("id")
            .and_then(Value::as_str)
            .context("an answer without `id`")?;
        Ok(id.to_owned())
    }
}

/// Plants the campus on `port`, its tutors at these addresses.
///
/// # Errors
/// When the API refuses a part of it.
pub async fn plant(
    gateway: &Arc<Gateway>,
    port: u16,
    tutors: &[(&'static str, SocketAddr)],
) -> anyhow::Result<()> {
    let plan = SeedPlan::on_port(port);
    let Some(first) = plan.tenants.first() else {
        return Ok(());
    };
    if gateway.tenant_id(&first.slug.parse()?).await?.is_some() {
        return Ok(());
    }
    let now = gateway.clock.now();
    let token = Secret32::generate(gateway.dice)?.to_text();
    bootstrap::prepare(&gateway.store, gateway.dice, now, Some(&token)).await?;
    let host = gateway.config.public_url.authority().to_owned();
    let operator = Operator {
        router: public_router(gateway.clone(), None),
        host,
        token,
    };
    tenants(&operator, &plan, tutors).await?;
    platforms(&operator, &plan).await?;
    grounds(&operator, &plan, now).await
}

async fn tenants(
    operator: &Operator,
    plan: &SeedPlan,
    tutors: &[(&'static str, SocketAddr)],
) -> anyhow::Result<()> {
    for tenant in &plan.tenants {
        let mut body = json!({ "slug": tenant.slug, "name": tenant.name, "kind": tenant.kind });
        if tenant.annual_notice_attested {
            insert(&mut body, "annual_notice_attested", true.into());
        }
        operator.create("/api/v1/tenants", &body).await?;
    }
    for agent in &plan.agents {
        let address = tutors
            .iter()
            .find(|(slug, _)| *slug == agent.tenant)
            .map(|(_, address)| address)
            .context("an institution without a tutor")?;
        let body = json!({
            "slug": agent.slug,
            "name": agent.name,
            "upstream_url": format!("http://{address}"),
            "kind": agent.kind,
            "purposes": agent.purposes,
            "elements": agent.elements,
            "public_paths": agent.public_paths,
            "retention_days": agent.retention_days,
            "subprocessors": agent.subprocessors,
        });
        operator
            .create(&format!("/api/v1/tenants/{}/agents", agent.tenant), &body)
            .await?;
    }
    Ok(())
}

async fn platforms(operator: &Operator, plan: &SeedPlan) -> anyhow::Result<()> {
    let mut ids: HashMap<CampusPlatform, String> = HashMap::new();
    for registration in &plan.registrations {
        let mut body = json!({
            "issuer": registration.issuer,
            "client_id": registration.client_id,
            "authorization_url": registration.authorization_url,
            "token_url": registration.token_url,
            "jwks_url": registration.jwks_url,
            "preset": registration.preset,
        });
        let path = match registration.owner {
            RegistrationOwner::Tenant(slug) => format!("/api/v1/tenants/{slug}/platforms"),
            RegistrationOwner::Installation => {
                insert(&mut body, "sharing", "shared".into());
                "/api/v1/tenants/installation/platforms".to_owned()
            }
        };
        ids.insert(registration.platform, operator.create(&path, &body).await?);
    }
    let mut deployments = HashMap::new();
    for deployment in &plan.deployments {
        let platform = ids
            .get(&deployment.platform)
            .context("a deployment without platform")?;
        let body = json!({
            "platform": platform,
            "deployment_id": deployment.deployment_id,
            "framing_origins": deployment.framing_origins,
        });
        let path = format!("/api/v1/tenants/{}/deployments", deployment.tenant);
        let id = operator.create(&path, &body).await?;
        deployments.insert((deployment.platform, deployment.deployment_id), id);
    }
    for placement in &plan.placements {
        let deployment = deployments
            .get(&(placement.platform, placement.deployment_id))
            .context("a placement without deployment")?;
        let body = json!({ "deployment": deployment, "agent": placement.agent });
        operator
            .create(
                &format!("/api/v1/tenants/{}/placements", placement.tenant),
                &body,
            )
            .await?;
    }
    // A person is named by their platform's id.
    for band in &plan.age_bands {
        let platform = ids
            .get(&band.platform)
            .context("a person without platform")?;
        let body = json!({
            "platform": platform,
            "platform_user_id": band.platform_user_id,
            "age_band": band.age_band,
        });
        let path = format!("/api/v1/tenants/{}/people/age-bands", band.tenant);
        operator.post(&path, &body).await?;
    }
    Ok(())
}

async fn grounds(operator: &Operator, plan: &SeedPlan, now: Timestamp) -> anyhow::Result<()> {
    let until = |days: u16| {
        let life = std::time::Duration::from_secs(u64::from(days) * SECONDS_A_DAY);
        now.plus(life).to_rfc3339()
    };
    for agreement in &plan.agreements {
        let body = json!({
            "agent": agreement.agent,
            "valid_until": until(agreement.valid_days),
            "signer": agreement.signer,
            "annual_notice_attested": agreement.annual_notice_attested,
        });
        operator
            .create(
                &format!("/api/v1/tenants/{}/agreements", agreement.tenant),
                &body,
            )
            .await?;
    }
    for authorization in &plan.school_authorizations {
        let body = json!({
            "agents": authorization.agents,
            "purposes": authorization.purposes,
            "elements": authorization.elements,
            "signer": authorization.signer,
            "signer_role": authorization.signer_role,
            "notice_version": authorization.notice_version,
            "valid_until": until(authorization.valid_days),
        });
        let path = format!(
            "/api/v1/tenants/{}/school-authorizations",
            authorization.tenant
        );
        operator.create(&path, &body).await?;
    }
    Ok(())
}

fn insert(body: &mut Value, key: &str, value: Value) {
    if let Some(object) = body.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}
