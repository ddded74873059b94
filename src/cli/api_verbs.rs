//! The verbs that go through the API: what an operator does without a browser. They can do nothing
//! that the API cannot.

use clap::Subcommand;

use super::api_client::{ApiClient, CallError, Connection};
use super::{
    Exit, age_band, agent, agreement, audit_commands, authorization, consent, deployment,
    placement, platform, runtime, tenant, token,
};

/// Nouns with their verbs.
#[derive(Debug, Subcommand)]
pub(super) enum ApiVerb {
    /// Tenants: schools, districts, universities, publishers.
    Tenant(Noun<tenant::TenantVerb>),
    /// Platforms: an LMS with a client id.
    Platform(Noun<platform::PlatformVerb>),
    /// Deployments of platforms.
    Deployment(Noun<deployment::DeploymentVerb>),
    /// Agents and their manifests.
    Agent(Noun<agent::AgentVerb>),
    /// Placements: which agent a link opens.
    Placement(Noun<placement::PlacementVerb>),
    /// Agreements with the operators of agents.
    Agreement(Noun<agreement::AgreementVerb>),
    /// School authorizations (COPPA).
    Authorization(Noun<authorization::AuthorizationVerb>),
    /// Consents and refusals.
    Consent(Noun<consent::ConsentVerb>),
    /// Age bands of people and courses.
    AgeBand(Noun<age_band::AgeBandVerb>),
    /// API tokens.
    Token(Noun<token::TokenVerb>),
    /// The audit log: exported, verified, checked.
    Audit(Noun<audit_commands::AuditVerb>),
}

/// One noun: its verb, and where the gateway is.
#[derive(Debug, clap::Args)]
pub(super) struct Noun<V: Subcommand> {
    #[command(subcommand)]
    verb: V,
    #[command(flatten)]
    connection: Connection,
}

pub(super) fn run(verb: ApiVerb) -> anyhow::Result<Exit> {
    let done = runtime()?.block_on(perform(verb));
    done.or_else(|error| match error.downcast::<CallError>() {
        Ok(refused) => {
            super::say_error(&anyhow::Error::msg(refused.to_string()));
            Ok(refused.exit())
        }
        Err(other) => Err(other),
    })
}

async fn perform(verb: ApiVerb) -> anyhow::Result<Exit> {
    let client = |connection: &Connection| ApiClient::new(connection);
    match verb {
        ApiVerb::Tenant(noun) => tenant::run(noun.verb, &client(&noun.connection)?).await,
        ApiVerb::Platform(noun) => platform::run(noun.verb, &client(&noun.connection)?).await,
        ApiVerb::Deployment(noun) => deployment::run(noun.verb, &client(&noun.connection)?).await,
        ApiVerb::Agent(noun) => agent::run(noun.verb, &client(&noun.connection)?).await,
        ApiVerb::Placement(noun) => placement::run(noun.verb, &client(&noun.connection)?).await,
        ApiVerb::Agreement(noun) => agreement::run(noun.verb, &client(&noun.connection)?).await,
        ApiVerb::Authorization(noun) => {
            authorization::run(noun.verb, &client(&noun.connection)?).await
        }
        ApiVerb::Consent(noun) => consent::run(noun.verb, &client(&noun.connection)?).await,
        ApiVerb::AgeBand(noun) => age_band::run(noun.verb, &client(&noun.connection)?).await,
        ApiVerb::Token(noun) => token::run(noun.verb, &client(&noun.connection)?).await,
        ApiVerb::Audit(noun) => audit_commands::run(noun.verb, &noun.connection).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::web::api::tests::harness::{Api, BOOTSTRAP};

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        verb: ApiVerb,
    }

    async fn run_line(address: &str, token: &str, words: &str) -> Exit {
        let connection = ["--url", address, "--token", token];
        let words = std::iter::once("agent-factory")
            .chain(words.split(' '))
            .chain(connection);
        let verb = Line::try_parse_from(words).unwrap().verb;
        // As the program does it: a runtime of its own, outside of this one.
        tokio::task::spawn_blocking(|| run(verb).unwrap())
            .await
            .unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn each_verb_ends_with_the_exit_code_of_its_answer() {
        let api = Api::start().await;
        let address = api.listen().await;
        let manifest = api.folder.path().join("tutor.toml");
        let text = "slug = \"tutor\"\nname = \"Tutor\"\nkind = \"in_house\"\n\
                    upstream_url = \"http://127.0.0.1:9000/\"\npurposes = [\"tutoring\"]\n\
                    elements = [\"prompt\"]\nretention_days = 30\n";
        std::fs::write(&manifest, text).unwrap();
        let add = format!("agent add {} --tenant lincoln", manifest.display());
        let change = format!("agent change {} --tenant lincoln", manifest.display());
        for (words, exit) in [
            (
                "tenant create lincoln --name Lincoln --kind k12",
                Exit::Done,
            ),
            ("tenant create lincoln --name Lincoln --kind k12", Exit::No),
            (
                "tenant create prairie --name Prairie --kind zoo",
                Exit::Usage,
            ),
            ("tenant show nowhere", Exit::No),
            ("tenant list --json", Exit::Done),
            (&add, Exit::Done),
            (&change, Exit::Done),
            ("agent add nowhere.toml --tenant lincoln", Exit::Usage),
            ("agent disable tutor --tenant lincoln", Exit::Done),
            (
                "agreement record --tenant lincoln --agent tutor --signer W.Oakhollow \
                 --annual-notice-attested",
                Exit::Done,
            ),
            ("agreement list --tenant lincoln", Exit::Done),
            ("audit check --tenant lincoln", Exit::No),
            ("token list", Exit::Done),
        ] {
            assert_eq!(run_line(&address, BOOTSTRAP, words).await, exit, "{words}");
        }
        assert_eq!(
            run_line(&address, "wrong", "tenant list").await,
            Exit::Usage
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_export_verifies_offline_and_a_changed_one_does_not() {
        let api = Api::start().await;
        let tenant = api.tenant("lincoln").await;
        api.furnish(&tenant).await;
        let address = api.listen().await;
        sequence(&api).await;
        let check = "audit check --tenant lincoln";
        assert_eq!(run_line(&address, BOOTSTRAP, check).await, Exit::Done);
        let out = api.folder.path().join("export");
        let export = format!("audit export --tenant lincoln --out {}", out.display());
        assert_eq!(run_line(&address, BOOTSTRAP, &export).await, Exit::Done);
        let key = api
            .get(BOOTSTRAP, &format!("{tenant}/audit/key"))
            .await
            .json();
        let key = key["verifier_key"].as_str().unwrap();
        let verify = format!("audit verify {} --key {key}", out.display());
        assert_eq!(run_line(&address, BOOTSTRAP, &verify).await, Exit::Done);
        let entries = out.join("entries.jsonl");
        let text = std::fs::read_to_string(&entries).unwrap();
        std::fs::write(&entries, text.replace("agent-added", "agent-aided")).unwrap();
        assert_eq!(run_line(&address, BOOTSTRAP, &verify).await, Exit::No);
    }

    /// Gives the entries of the first tenant's log their place.
    async fn sequence(api: &Api) {
        let gateway = &api.gateway;
        let logs = gateway.store.log_store();
        for waiting in logs.logs_to_sequence(10).await.unwrap() {
            let key = gateway
                .custody
                .checkpoint_key(waiting.tenant, waiting.log.clone());
            let key = key.await.unwrap();
            let now = gateway.clock.now().to_offset_date_time();
            agent_factory_audit::sequence(&logs, &waiting.log, &key, 500, now)
                .await
                .unwrap();
        }
    }
}
