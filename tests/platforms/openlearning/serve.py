#!/usr/bin/env python3
"""Serves OpenLearning's platform library (`lti1p3platform`) behind the pages that an LMS would put around it.

usage: serve.py PORT TOOL
  /config.json?course=SLUG    /start?course=SLUG&person=NAME    /auth    /jwks
"""

import html
import sys
import types

# The library imports this name of setuptools and never uses it; newer environments do not have it.
sys.modules.setdefault("pkg_resources", types.ModuleType("pkg_resources"))

import uvicorn  # noqa: E402
from fastapi import FastAPI, Request  # noqa: E402
from fastapi.responses import HTMLResponse, RedirectResponse  # noqa: E402
from jwcrypto.jwk import JWK  # noqa: E402
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract  # noqa: E402
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract  # noqa: E402
from lti1p3platform.oidc_login import OIDCLoginAbstract  # noqa: E402
from lti1p3platform.registration import Registration  # noqa: E402

PORT, TOOL = sys.argv[1], sys.argv[2].rstrip("/")
ROOT = f"http://127.0.0.1:{PORT}"
KEY = JWK.generate(kty="RSA", size=2048)
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"

# Invented, and rare enough that finding one anywhere else is a leak: id -> (username, name, role).
PEOPLE = {
    "ol-person-7001": ("quillon", "Quillon Featherstone-Marsh", "Learner"),
    "ol-person-7003": ("thaddea", "Thaddea Oakhollow", "Instructor"),
}
COURSES = {"lincoln": "Biology 7 at Lincoln", "roosevelt": "Biology 7 at Roosevelt"}


class School(LTI1P3PlatformConfAbstract):
    """The registration of the gateway for one course."""

    def init_platform_config(self, **kwargs):
        course = kwargs["course"]
        self._registration = (
            Registration()
            .set_iss(ROOT)
            .set_client_id(f"client-of-{course}")
            .set_deployment_id(f"deployment-of-{course}")
            .set_launch_url(f"{TOOL}/lti/launch")
            .set_deeplink_launch_url(f"{TOOL}/lti/launch")
            .set_oidc_login_url(f"{TOOL}/lti/login")
            .set_tool_key_set_url(f"{TOOL}/lti/jwks.json")
            .set_platform_public_key(KEY.export_to_pem().decode())
            .set_platform_private_key(KEY.export_to_pem(private_key=True, password=None).decode())
        )

    def get_registration_by_params(self, **kwargs):
        return self._registration


class Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, **kwargs):
        self._lti_message_hint = kwargs["course"]

    def get_redirect(self, url):
        return RedirectResponse(url, status_code=302)


class Launch(LTIAdvantageMessageLaunchAbstract):
    def get_preflight_response(self):
        return self._request

    def prepare_launch(self, preflight_response, **kwargs):
        person, course = preflight_response["login_hint"], preflight_response["lti_message_hint"]
        username, name, role = PEOPLE[person]
        self.set_user_data(person, [MEMBERSHIP + role], name, f"{username}@pupils.example", username)
        self.set_resource_link_claim(f"link-of-{course}", title="Tutor")
        self.set_launch_context_claim(
            f"context-of-{course}",
            ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"],
            COURSES[course],
            "BIO7",
        )
        self.set_custom_parameters_claim({"agent": "tutor"})
        self.set_launch_presentation_claim("iframe", f"{ROOT}/back")

    def render_launch_form(self, launch_data, **kwargs):
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(launch_data[name])}">'
            for name in ("id_token", "state")
        )
        return HTMLResponse(
            f'<!doctype html><form method="post" action="{html.escape(launch_data["launch_url"])}">'
            f"{fields}<button>Continue</button></form><script>document.forms[0].submit()</script>"
        )


app = FastAPI()


@app.get("/config.json")
def config(course: str):
    return {
        "issuer": ROOT,
        "client_id": f"client-of-{course}",
        "deployment_id": f"deployment-of-{course}",
        "authorization_url": f"{ROOT}/auth",
        "token_url": f"{ROOT}/token",
        "jwks_url": f"{ROOT}/jwks",
        "context": f"context-of-{course}",
        "people": {username: person for person, (username, _, _) in PEOPLE.items()},
    }


@app.get("/start")
def start(course: str, person: str):
    login = Login(None, School(course=course))
    login.set_lti_message_hint(course=course)
    return login.initiate_login(next(key for key, who in PEOPLE.items() if who[0] == person))


@app.get("/auth")
def authorize(request: Request):
    asked = dict(request.query_params)
    return Launch(asked, School(course=asked["lti_message_hint"])).lti_launch()


@app.post("/auth")
async def authorize_by_form(request: Request):
    asked = dict(await request.form())
    return Launch(asked, School(course=asked["lti_message_hint"])).lti_launch()


@app.get("/jwks")
def keys():
    return School(course="lincoln").get_jwks()


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(PORT), log_level="warning")
