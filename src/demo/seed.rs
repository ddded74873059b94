//! What the demo begins with, as plain data: the composition root turns it into rows. It seeds
//! nothing that the API could not have recorded.

use super::people::{
    CampusPlatform, Institution, LINCOLN_CANVAS_DEPLOYMENT, LINCOLN_PUBLISHER_DEPLOYMENT, PEOPLE,
    PRAIRIE_PUBLISHER_DEPLOYMENT, RIVERSIDE_MOODLE_DEPLOYMENT,
};

/// Everything to be seeded, in an order in which each row's parents come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedPlan {
    /// Institutions.
    pub tenants: Vec<TenantSeed>,
    /// Platforms with a client id.
    pub registrations: Vec<RegistrationSeed>,
    /// Which deployment belongs to whom.
    pub deployments: Vec<DeploymentSeed>,
    /// One tutor per institution.
    pub agents: Vec<AgentSeed>,
    /// The tutor as the default of each deployment.
    pub placements: Vec<PlacementSeed>,
    /// Agreements in force.
    pub agreements: Vec<AgreementSeed>,
    /// School authorizations in force.
    pub school_authorizations: Vec<SchoolAuthorizationSeed>,
    /// Age bands on file, by the platform's id of the person.
    pub age_bands: Vec<AgeBandSeed>,
}

/// An institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantSeed {
    /// Slug.
    pub slug: &'static str,
    /// Name.
    pub name: &'static str,
    /// `k12` or `higher_ed`.
    pub kind: &'static str,
    /// Two letters of the state.
    pub state: Option<&'static str>,
    /// Whether the annual notice (34 CFR 99.7) is attested.
    pub annual_notice_attested: bool,
}

/// Who owns a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationOwner {
    /// Dedicated to this tenant.
    Tenant(&'static str),
    /// Shared, owned by the installation.
    Installation,
}

/// A platform with one client id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationSeed {
    /// Which platform.
    pub platform: CampusPlatform,
    /// Owner.
    pub owner: RegistrationOwner,
    /// Issuer.
    pub issuer: String,
    /// Client id.
    pub client_id: &'static str,
    /// Authorization endpoint.
    pub authorization_url: String,
    /// Token endpoint; the simulated platforms serve none yet.
    pub token_url: String,
    /// Key set.
    pub jwks_url: String,
    /// Preset: `canvas`, `moodle` or `generic`.
    pub preset: &'static str,
    /// Name of the platform for people.
    pub platform_name: &'static str,
}

/// A deployment and its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentSeed {
    /// Which platform.
    pub platform: CampusPlatform,
    /// The platform's id of the deployment.
    pub deployment_id: &'static str,
    /// Slug of the tenant.
    pub tenant: &'static str,
    /// Origins that may frame its launches: the platform's own, and the campus around it.
    pub framing_origins: Vec<String>,
}

/// An agent's manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSeed {
    /// Slug of the tenant.
    pub tenant: &'static str,
    /// Slug of the agent.
    pub slug: &'static str,
    /// Name.
    pub name: &'static str,
    /// `in_house`, `school_official` or `third_party`.
    pub kind: &'static str,
    /// Purposes.
    pub purposes: &'static [&'static str],
    /// Data elements asked for.
    pub elements: &'static [&'static str],
    /// Paths served without identity.
    pub public_paths: &'static [&'static str],
    /// How long the agent keeps what it received.
    pub retention_days: u16,
    /// Subprocessors.
    pub subprocessors: &'static [&'static str],
}

/// An agent enabled for a deployment, as its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacementSeed {
    /// Slug of the tenant.
    pub tenant: &'static str,
    /// Which platform.
    pub platform: CampusPlatform,
    /// The platform's id of the deployment.
    pub deployment_id: &'static str,
    /// Slug of the agent.
    pub agent: &'static str,
}

/// An agreement in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementSeed {
    /// Slug of the tenant.
    pub tenant: &'static str,
    /// Slug of the agent.
    pub agent: &'static str,
    /// Who signed.
    pub signer: &'static str,
    /// For how many days from the start of the demo.
    pub valid_days: u16,
    /// Whether the annual notice names this kind of school official.
    pub annual_notice_attested: bool,
}

/// A school authorization in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolAuthorizationSeed {
    /// Slug of the tenant.
    pub tenant: &'static str,
    /// Slugs of the agents.
    pub agents: &'static [&'static str],
    /// Purposes.
    pub purposes: &'static [&'static str],
    /// Data elements.
    pub elements: &'static [&'static str],
    /// Who signed.
    pub signer: &'static str,
    /// In what function.
    pub signer_role: &'static str,
    /// Version of the notice that was signed.
    pub notice_version: &'static str,
    /// For how many days from the start of the demo.
    pub valid_days: u16,
}

/// A person's age band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeBandSeed {
    /// Slug of the tenant.
    pub tenant: &'static str,
    /// Which platform.
    pub platform: CampusPlatform,
    /// The platform's id of the person.
    pub platform_user_id: &'static str,
    /// `under_13`, `13_to_17` or `18_or_over`.
    pub age_band: &'static str,
}

/// Slug of the demo's agent.
pub const TUTOR: &str = "tutor";

const PURPOSES: &[&str] = &["tutoring"];
const ELEMENTS: &[&str] = &[
    "pseudonym",
    "role",
    "context",
    "resource",
    "prompt",
    "age_band",
];

/// What the tutor asks for: more than it is given, so that the pane has something to show.
const ASKED: &[&str] = &[
    "pseudonym",
    "role",
    "context",
    "resource",
    "prompt",
    "age_band",
    "given_name",
    "email",
];

impl SeedPlan {
    /// The plan for a campus on `port`.
    pub fn on_port(port: u16) -> Self {
        Self {
            tenants: tenants(),
            registrations: CampusPlatform::ALL
                .map(|platform| registration(platform, port))
                .into(),
            deployments: deployments(port),
            agents: Institution::ALL
                .map(|institution| tutor(institution.slug()))
                .into(),
            placements: deployments(port)
                .into_iter()
                .map(|deployment| PlacementSeed {
                    tenant: deployment.tenant,
                    platform: deployment.platform,
                    deployment_id: deployment.deployment_id,
                    agent: TUTOR,
                })
                .collect(),
            agreements: agreements(),
            school_authorizations: vec![SchoolAuthorizationSeed {
                tenant: Institution::Lincoln.slug(),
                agents: &[TUTOR],
                purposes: PURPOSES,
                elements: ELEMENTS,
                signer: "Wilhelmina Oakhollow",
                signer_role: "superintendent",
                notice_version: "2026-08",
                valid_days: 300,
            }],
            age_bands: PEOPLE
                .iter()
                .filter_map(|person| {
                    person.age_band.map(|age_band| AgeBandSeed {
                        tenant: person.institution.slug(),
                        platform: person.platform,
                        platform_user_id: person.platform_user_id,
                        age_band,
                    })
                })
                .collect(),
        }
    }
}

/// The origin of a platform of a campus on `port`; also its issuer.
pub fn platform_origin(platform: CampusPlatform, port: u16) -> String {
    format!("http://{}.localhost:{port}", platform.label())
}

fn tenants() -> Vec<TenantSeed> {
    let signed = |institution: Institution| institution != Institution::Prairie;
    Institution::ALL
        .into_iter()
        .map(|institution| TenantSeed {
            slug: institution.slug(),
            name: institution.name(),
            kind: if institution == Institution::Riverside {
                "higher_ed"
            } else {
                "k12"
            },
            state: None,
            annual_notice_attested: signed(institution),
        })
        .collect()
}

fn registration(platform: CampusPlatform, port: u16) -> RegistrationSeed {
    let origin = platform_origin(platform, port);
    let (owner, preset) = match platform {
        CampusPlatform::Canvas => (
            RegistrationOwner::Tenant(Institution::Lincoln.slug()),
            "canvas",
        ),
        CampusPlatform::Moodle => (
            RegistrationOwner::Tenant(Institution::Riverside.slug()),
            "moodle",
        ),
        CampusPlatform::Publisher => (RegistrationOwner::Installation, "generic"),
    };
    RegistrationSeed {
        platform,
        owner,
        client_id: platform.client_id(),
        authorization_url: format!("{origin}/auth"),
        token_url: format!("{origin}/token"),
        jwks_url: format!("{origin}/keys"),
        issuer: origin,
        preset,
        platform_name: platform.name(),
    }
}

fn deployments(port: u16) -> Vec<DeploymentSeed> {
    use CampusPlatform::{Canvas, Moodle, Publisher};
    let deployment = |platform, deployment_id, institution: Institution| DeploymentSeed {
        platform,
        deployment_id,
        tenant: institution.slug(),
        framing_origins: vec![
            platform_origin(platform, port),
            format!("http://localhost:{port}"),
        ],
    };
    vec![
        deployment(Canvas, LINCOLN_CANVAS_DEPLOYMENT, Institution::Lincoln),
        deployment(Moodle, RIVERSIDE_MOODLE_DEPLOYMENT, Institution::Riverside),
        deployment(
            Publisher,
            LINCOLN_PUBLISHER_DEPLOYMENT,
            Institution::Lincoln,
        ),
        deployment(
            Publisher,
            PRAIRIE_PUBLISHER_DEPLOYMENT,
            Institution::Prairie,
        ),
    ]
}

fn tutor(tenant: &'static str) -> AgentSeed {
    AgentSeed {
        tenant,
        slug: TUTOR,
        name: "Tutor",
        kind: "school_official",
        purposes: PURPOSES,
        elements: ASKED,
        public_paths: &["/static/"],
        retention_days: 1,
        subprocessors: &[],
    }
}

fn agreements() -> Vec<AgreementSeed> {
    let agreement = |institution: Institution, signer| AgreementSeed {
        tenant: institution.slug(),
        agent: TUTOR,
        signer,
        valid_days: 300,
        annual_notice_attested: true,
    };
    vec![
        agreement(Institution::Lincoln, "Wilhelmina Oakhollow"),
        agreement(Institution::Riverside, "Bartholomew Inkwell"),
    ]
}

#[cfg(test)]
mod tests;
