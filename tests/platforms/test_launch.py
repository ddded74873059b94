"""A pupil opens the tutor from a platform that others wrote: what the agent gets, and what it never gets."""

import json

import pytest
from browser import USER_AGENT, Browser, origin_of


@pytest.fixture(scope="module")
def visit(town):
    """Quillon of Lincoln, who is 11, has opened the tutor."""
    browser = Browser()
    page = browser.open(town.platform.start("lincoln", "quillon"))
    assert page.status == 200, f"{page.url}: {page.status} {page.words[:600]}"
    return browser, page


def events(response) -> list:
    return [
        line.removeprefix("data: ")
        for line in response.iter_lines(decode_unicode=True)
        if line.startswith("data: ")
    ]


def test_a_pupils_launch_reaches_the_tutor_on_an_origin_of_its_own(town, visit):
    _, page = visit
    assert page.soup.h1.get_text() == "Tutor"
    host = origin_of(page.url).removeprefix("http://").split(":")[0]
    agent, tenant, rest = host.split("--")
    assert (agent, tenant) == ("tutor", "lincoln")
    assert rest.endswith(".localhost")
    assert "?" not in page.url, "nothing of the launch may stand in an address"


def test_the_tutors_answer_streams_to_the_pupil(visit):
    browser, page = visit
    answer = browser.fetch(page, "/api/stream?q=why+is+grass+green", accept="text/event-stream")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    # One event a chunk, as the tutor sent them: nothing on the way waits for the whole.
    chunks = [chunk for chunk in answer.raw.stream(decode_content=True) if chunk.strip()]
    assert len(chunks) > 5, f"the stream arrived in {len(chunks)} piece(s)"
    text = b"".join(chunks).decode()
    assert "data: green\n\n" in text and "event: done" in text


def test_a_question_is_posted_and_answered(visit):
    browser, page = visit
    answer = browser.fetch(page, "/api/ask", "POST", json={"question": "what is a leaf"})
    assert answer.status_code == 200
    assert "leaf" in events(answer)


def test_the_assertion_verifies_with_a_stock_library_and_names_a_pseudonym(town, visit):
    browser, page = visit
    claims = browser.fetch(page, "/api/me").json()  # the agent verified it, or this would be 401
    assert claims["iss"] == town.gateway.url
    assert claims["aud"] == "lincoln/tutor"
    assert claims["exp"] - claims["iat"] <= 300
    assert claims["purpose"] == "tutoring"
    assert claims["roles"] == ["learner"]
    assert claims["sub"] != town.platform.course("lincoln")["people"]["quillon"]
    assert {"jti", "sid", "tenant", "agent", "decision", "policy", "withheld"} <= set(claims)


def test_two_launches_of_one_pupil_carry_one_pseudonym(town, visit):
    browser, page = visit
    again = Browser()
    second = again.open(town.platform.start("lincoln", "quillon"))
    assert second.status == 200
    first_sub = browser.fetch(page, "/api/me").json()["sub"]
    assert again.fetch(second, "/api/me").json()["sub"] == first_sub


def test_the_agent_received_no_name_no_address_and_nothing_of_the_platform(town, visit):
    browser, page = visit
    browser.fetch(page, "/api/headers").json()
    received = town.agents["lincoln"].received()
    assert received, "the agent was reached"
    everything = json.dumps(received, ensure_ascii=False)
    everything += json.dumps(browser.fetch(page, "/api/me").json(), ensure_ascii=False)
    for secret in [*town.platform.secrets(), USER_AGENT, "Chromebook"]:
        assert secret not in everything, f"the agent received {secret!r}"


def test_the_agent_received_no_header_that_tells_where_the_pupil_is(town, visit):
    browser, page = visit
    spoofed = {
        "X-Forwarded-For": "203.0.113.7",
        "Forwarded": "for=203.0.113.7",
        "X-Real-IP": "203.0.113.7",
        "Authorization": "Bearer something",
        "Sec-CH-UA-Platform": '"Chrome OS"',
    }
    names = {name for name, _ in browser.fetch(page, "/api/headers", headers=spoofed).json()}
    barred = {
        "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-real-ip", "via",
        "authorization", "user-agent", "referer", "origin", "sec-ch-ua-platform", "traceparent", "baggage",
    }
    assert not names & barred
    assert "x-agent-factory-assertion" in names


def test_the_gateways_own_cookie_never_reaches_the_agent(town, visit):
    browser, page = visit
    browser.fetch(page, "/api/headers").json()
    ours = [cookie.value for cookie in browser.cookies if "agent" in cookie.name.lower()]
    assert ours, "the session is kept in a cookie of the gateway's"
    everything = json.dumps(town.agents["lincoln"].received())
    for value in ours:
        assert value not in everything


def test_a_launch_leaves_entries_in_the_log_of_its_own_school(town, visit):
    answer = town.gateway.read("tenants/lincoln/audit/entries")
    assert answer.status_code == 200
    assert answer.json(), "a launch was recorded"
    for secret in ("Quillon", "pupils.example", town.platform.course("lincoln")["people"]["quillon"]):
        assert secret not in answer.text
