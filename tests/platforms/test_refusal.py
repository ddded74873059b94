"""Launches that must not reach an agent, from platforms that others wrote and from records of theirs."""

import json
from pathlib import Path

import pytest
from browser import Browser, Page

RECORDINGS = sorted((Path(__file__).parent / "recordings").glob("*.json"))


def test_a_learner_without_a_ground_reads_why_and_the_agent_receives_nothing(town):
    page = Browser().open(town.platform.start("roosevelt", "quillon"))
    assert page.status == 403, f"{page.url}: {page.status} {page.words[:600]}"
    assert page.url.startswith(town.gateway.url), "the page is the gateway's own"
    assert page.soup.html.get("lang")
    assert len(page.words.split()) > 15, "the page says what is missing and who can mend it"
    for secret in town.platform.secrets():
        assert secret not in page.text
    assert town.agents["roosevelt"].received() == []


def test_one_platform_that_serves_two_schools_opens_each_ones_own_agent(town):
    """Both courses share the issuer, and on Open edX the deployment id; the client id alone tells them apart."""
    before = len(town.agents["roosevelt"].received())
    browser = Browser()
    page = browser.open(town.platform.start("lincoln", "quillon"))
    assert browser.fetch(page, "/api/me").json()["aud"] == "lincoln/tutor"
    assert len(town.agents["roosevelt"].received()) == before


def test_the_same_form_posted_again_is_refused(town):
    browser = Browser()
    page = browser.open(town.platform.start("lincoln", "quillon"))
    assert page.status == 200
    url, fields, came_from = next(p for p in browser.posted if p[0].endswith("/lti/launch"))
    reached = len(town.agents["lincoln"].received())
    again = browser.post_form(url, fields, came_from)
    assert again.status in (400, 401, 403), f"{again.status} {again.words[:300]}"
    assert len(town.agents["lincoln"].received()) == reached


def test_the_same_form_from_another_browser_is_refused(town):
    """A form stolen on its way is worth nothing without the browser that began the launch."""
    victim, thief = Browser(), Browser()
    landed = victim.session.get(town.platform.start("lincoln", "quillon"), timeout=20)
    inputs = Page(landed).self_going_form().find_all("input")
    form = {field["name"]: field["value"] for field in inputs if field.get("name")}
    assert set(form) == {"id_token", "state"}
    stolen = thief.post_form(f"{town.gateway.url}/lti/launch", form, town.platform.url)
    assert stolen.status in (400, 401, 403)
    assert stolen.url.startswith(town.gateway.url)


def test_the_one_time_code_of_the_hand_over_works_once(town):
    browser = Browser()
    page = browser.open(town.platform.start("lincoln", "quillon"))
    assert page.status == 200
    url, fields, came_from = next(
        p for p in browser.posted if p[0].endswith("/.agent-factory/session")
    )
    other = Browser()
    again = other.post_form(url, fields, came_from)
    assert again.status in (400, 401, 403, 404, 410)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_a_recorded_launch_is_refused_since_its_state_is_not_ours(town, recording):
    post = json.loads(recording.read_text("utf-8"))["launch_post"]
    reached = {slug: len(agent.received()) for slug, agent in town.agents.items()}
    page = Browser().post_form(f"{town.gateway.url}/lti/launch", post, town.platform.url)
    assert page.status in (400, 401), f"{page.status} {page.words[:300]}"
    assert {slug: len(agent.received()) for slug, agent in town.agents.items()} == reached


def test_the_agents_origin_serves_nothing_of_the_gateway_and_nothing_without_a_session(town):
    browser = Browser()
    page = browser.open(town.platform.start("lincoln", "quillon"))
    assert page.status == 200
    for path in ("/lti/login", "/api/v1/tenants", "/admin/", "/agent/v1/token"):
        answer = browser.fetch(page, path)
        assert answer.status_code in (401, 403, 404, 421), f"{path}: {answer.status_code}"
    stranger = Browser()
    reached = len(town.agents["lincoln"].received())
    assert stranger.fetch(page, "/api/me").status_code in (401, 403)
    assert len(town.agents["lincoln"].received()) == reached
