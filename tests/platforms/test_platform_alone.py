"""The platform's side without the gateway: that what we test against is LTI 1.3 as its authors wrote it."""

import jwt
import pytest
import requests
from browser import Browser
from conftest import start_platform
from processes import free_port
from recording import play_the_tool

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"


@pytest.fixture(scope="session")
def platform(platform_name, tmp_path_factory):
    runs, platform = start_platform(
        platform_name, tmp_path_factory.mktemp(platform_name), f"http://127.0.0.1:{free_port()}"
    )
    with runs:
        yield platform


def test_it_starts_the_launch_at_the_tools_login_address(platform):
    exchange = play_the_tool(platform, Browser(), "lincoln", "quillon")
    login = exchange["login_request"]
    assert login["url"].endswith("/lti/login")
    assert login["params"]["iss"] == platform.url
    assert {"login_hint", "target_link_uri", "client_id"} <= set(login["params"])


def test_it_issues_an_id_token_that_verifies_with_its_published_keys(platform):
    course = platform.course("lincoln")
    exchange = play_the_tool(platform, Browser(), "lincoln", "quillon")
    keys = jwt.PyJWKSet.from_dict(requests.get(course["jwks_url"], timeout=10).json())
    token = exchange["launch_post"]["id_token"]
    key = next(k for k in keys.keys if k.key_id == jwt.get_unverified_header(token)["kid"])
    claims = jwt.decode(token, key.key, algorithms=["RS256"], audience=course["client_id"])
    assert claims["nonce"] == exchange["auth_request"]["params"]["nonce"]
    assert claims[CLAIM + "message_type"] == "LtiResourceLinkRequest"
    assert claims[CLAIM + "deployment_id"] == course["deployment_id"]
    assert claims["sub"] == course["people"]["quillon"]
    assert claims["name"] == "Quillon Featherstone-Marsh", "there is something to withhold"


def test_two_courses_of_one_issuer_differ_in_the_client_id(platform):
    lincoln, roosevelt = platform.course("lincoln"), platform.course("roosevelt")
    assert lincoln["issuer"] == roosevelt["issuer"]
    assert lincoln["client_id"] != roosevelt["client_id"]
