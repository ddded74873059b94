"""Two schools of one installation, registered over the API as their operators would do it.

Lincoln has signed what the law asks of it: an agreement with the agent's operator, and an authorization for its
younger pupils. Roosevelt has the same agent in the same kind of course, and has signed nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from gateway import Gateway

ELEMENTS = ["pseudonym", "role", "context", "prompt"]
PURPOSES = ["tutoring"]


@dataclass(frozen=True)
class School:
    """A tenant, and the course on the platform that opens its agent."""

    tenant: str
    platform: str
    deployment: str
    agent: str


def register(gateway: Gateway, slug: str, course: dict, upstream: str) -> School:
    """Tenant, platform, deployment, agent, placement."""
    gateway.api("tenants", {"slug": slug, "name": f"{slug.title()} School", "kind": "k12"})
    here = f"tenants/{slug}"
    platform = gateway.api(
        f"{here}/platforms",
        {key: course[key] for key in ("issuer", "client_id", "authorization_url", "token_url", "jwks_url")},
    )["id"]
    deployment = gateway.api(
        f"{here}/deployments", {"platform": platform, "deployment_id": course["deployment_id"]}
    )["id"]
    agent = gateway.api(
        f"{here}/agents",
        {
            "slug": "tutor",
            "name": "Tutor",
            "upstream_url": upstream,
            "kind": "school_official",
            "purposes": PURPOSES,
            "elements": ELEMENTS,
            "public_paths": ["/static/"],
            "retention_days": 30,
            "subprocessors": [],
        },
    )["id"]
    gateway.api(f"{here}/placements", {"deployment": deployment, "agent": "tutor"})
    return School(slug, platform, deployment, agent)


def sign(gateway: Gateway, school: School, course: dict) -> None:
    """The grounds, and what the school knows of its pupils' age."""
    here = f"tenants/{school.tenant}"
    in_a_year = (datetime.now(timezone.utc) + timedelta(days=300)).strftime("%Y-%m-%dT%H:%M:%SZ")
    gateway.api(
        f"{here}/agreements",
        {
            "agent": "tutor",
            "valid_until": in_a_year,
            "signer": "Perpetua Ledgerwood",
            "annual_notice_attested": True,
        },
    )
    gateway.api(
        f"{here}/school-authorizations",
        {
            "agents": ["tutor"],
            "purposes": PURPOSES,
            "elements": ELEMENTS,
            "signer": "Perpetua Ledgerwood",
            "signer_role": "superintendent",
            "notice_version": "1",
            "valid_until": in_a_year,
        },
    )
    gateway.api(
        f"{here}/people/age-bands",
        {
            "platform": school.platform,
            "platform_user_id": course["people"]["quillon"],
            "age_band": "under_13",
        },
    )
