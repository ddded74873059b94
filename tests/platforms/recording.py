#!/usr/bin/env python3
"""Plays the tool's part of one launch, and so records an exchange whose state is not the gateway's.

As a program it writes the fixtures in recordings/: `python recording.py`. The keys that signed them are gone when it
ends, as are the platform's processes.
"""

import json
import secrets
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from browser import Browser, Page

HERE = Path(__file__).parent


def play_the_tool(platform, browser: Browser, course: str, person: str) -> dict:
    """Starts a launch, answers as a tool would, and keeps the form that the platform makes."""
    told = platform.course(course)
    started = browser.session.get(
        platform.start(course, person), allow_redirects=False, timeout=20
    )
    login_url = started.headers["location"]
    login = dict(parse_qsl(urlsplit(login_url).query))
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": told["client_id"],
        "redirect_uri": login["target_link_uri"],
        "state": "a-state-of-another-tool-" + secrets.token_hex(16),
        "nonce": secrets.token_hex(16),
        "login_hint": login["login_hint"],
        "lti_message_hint": login["lti_message_hint"],
    }
    url = told["authorization_url"] + "?" + urlencode(asked)
    page = Page(browser.session.get(url, timeout=20))
    form = page.self_going_form()
    assert form is not None, f"{page.status} {page.words[:400]}"
    fields = {i["name"]: i["value"] for i in form.find_all("input") if i.get("name")}
    return {
        "registration": {key: told[key] for key in told if key not in ("people", "context")},
        "at": int(time.time()),
        "login_request": {"method": "GET", "url": login_url.split("?")[0], "params": login},
        "auth_request": {"method": "GET", "url": told["authorization_url"], "params": asked},
        "launch_post": fields,
        "jwks": requests.get(told["jwks_url"], timeout=10).json(),
    }


def main() -> None:
    from conftest import start_platform

    (HERE / "recordings").mkdir(exist_ok=True)
    for name in ("openedx", "openlearning"):
        with tempfile.TemporaryDirectory() as folder:
            runs, platform = start_platform(name, Path(folder), "http://gateway.localhost:8080")
            with runs:
                exchange = play_the_tool(platform, Browser(), "lincoln", "quillon")
        path = HERE / "recordings" / f"{name}-pupil-launch.json"
        path.write_text(json.dumps(exchange, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
