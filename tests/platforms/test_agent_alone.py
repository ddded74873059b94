"""The agent's side without the gateway: that the tutor refuses what a careful developer's agent would refuse."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
import requests
from conftest import start_agent
from cryptography.hazmat.primitives.asymmetric import ec

KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def issuer():
    """A stand-in for the gateway's one address that the agent asks: its public keys."""
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))
    keys = json.dumps({"keys": [{**public, "kid": "one", "use": "sig", "alg": "ES256"}]}).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/.well-known/jwks.json" else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(keys)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def tutor(issuer, tmp_path_factory):
    runs, agent = start_agent(tmp_path_factory.mktemp("agent"), issuer, "lincoln")
    with runs:
        yield agent


def assertion(issuer: str, key=KEY, algorithm="ES256", **changed) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": "lincoln/tutor",
        "sub": "pairwise-1",
        "iat": now,
        "exp": now + 60,
        "jti": "one",
    } | changed
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "one"})


def ask(tutor, token: str | None, path: str = "/api/me") -> requests.Response:
    headers = {"X-Agent-Factory-Assertion": token} if token else {}
    return requests.get(tutor.url + path, headers=headers, timeout=10)


def test_it_answers_with_a_valid_assertion(issuer, tutor):
    answer = ask(tutor, assertion(issuer))
    assert answer.status_code == 200
    assert answer.json()["sub"] == "pairwise-1"


def test_it_streams_by_server_sent_events(issuer, tutor):
    answer = ask(tutor, assertion(issuer), "/api/stream?q=why")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "data: why\n\n" in answer.text
    assert answer.text.endswith("event: done\ndata: {}\n\n")


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "roosevelt/tutor"},
        {"aud": "lincoln/other"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": int(time.time()) - 60},
        {"sub": None},
    ],
    ids=["another tenant", "another agent", "another issuer", "expired", "nobody"],
)
def test_it_refuses_an_assertion_that_is_not_for_it(issuer, tutor, changed):
    assert ask(tutor, assertion(issuer, **changed)).status_code == 401


def test_it_refuses_a_key_that_is_not_the_gateways(issuer, tutor):
    stranger = ec.generate_private_key(ec.SECP256R1())
    assert ask(tutor, assertion(issuer, key=stranger)).status_code == 401


def test_it_refuses_an_unsigned_assertion_and_none(issuer, tutor):
    assert ask(tutor, assertion(issuer, key=None, algorithm="none")).status_code == 401
    assert ask(tutor, None).status_code == 401


def test_everything_that_reached_it_was_written_down(issuer, tutor):
    before = len(tutor.received())
    requests.post(
        tutor.url + "/api/ask",
        json={"question": "written down?"},
        headers={"X-Agent-Factory-Assertion": assertion(issuer)},
        timeout=10,
    )
    last = tutor.received()[-1]
    assert len(tutor.received()) == before + 1
    assert (last["method"], last["path"]) == ("POST", "/api/ask")
    assert "written down?" in last["body"]
