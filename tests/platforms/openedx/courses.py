"""Two courses, each with one LTI link and each registered with the gateway by a client id of its own.

Open edX answers deployment id "1" for every client, so the two courses differ in the client id alone: the
gateway must not take one school's launch for the other's.
"""

import uuid
from dataclasses import dataclass

from django.contrib.auth.models import User
from lti_consumer.data import Lti1p3LaunchData
from lti_consumer.models import (
    CourseAllowPIISharingInLTIFlag,
    Lti1p3Passport,
    LtiConfiguration,
)
from lms_records.models import Profile
from opaque_keys.edx.keys import UsageKey


@dataclass(frozen=True)
class Course:
    """A course and the place of its LTI link."""

    slug: str
    title: str
    link: UsageKey

    def launch_data(self, person: User, **more) -> Lti1p3LaunchData:
        """What LtiConsumerXBlock would gather for this person."""
        return Lti1p3LaunchData(
            user_id=person.id,
            user_role=person.profile.role,
            config_id=LtiConfiguration.objects.get(location=self.link).config_id,
            resource_link_id=str(self.link),
            external_user_id=person.profile.external_id,
            preferred_username=person.username,
            name=person.profile.name,
            email=person.email,
            launch_presentation_document_target="iframe",
            context_id=str(self.link.course_key),
            context_type=["course_offering"],
            context_title=self.title,
            context_label=str(self.link.course_key),
            custom_parameters={"agent": "tutor"},
            **more,
        )


def _course(slug: str, title: str) -> Course:
    block = uuid.uuid5(uuid.NAMESPACE_DNS, slug).hex
    key = f"block-v1:{slug.title()}+BIO7+2026+type@lti_consumer+block@{block}"
    return Course(slug, title, UsageKey.from_string(key))


COURSES = {
    course.slug: course
    for course in (
        _course("lincoln", "Biology 7 at Lincoln"),
        _course("roosevelt", "Biology 7 at Roosevelt"),
    )
}

# (username, name, role). Invented, and rare enough that finding one anywhere else is a leak.
PEOPLE = (
    ("quillon", "Quillon Featherstone-Marsh", "student"),
    ("ysolde", "Ysolde Ångström-Briggs", "student"),
    ("thaddea", "Thaddea Oakhollow", "instructor"),
)


def fill(tool: str) -> None:
    """Makes the people, and registers the tool in both courses, names and addresses shared."""
    for username, name, role in PEOPLE:
        person = User.objects.create_user(username, f"{username}@pupils.example", None)
        external = str(uuid.uuid5(uuid.NAMESPACE_DNS, username))
        Profile.objects.create(user=person, name=name, role=role, external_id=external)
    launch = f"{tool}/lti/launch"
    for course in COURSES.values():
        passport = Lti1p3Passport.objects.create(
            name=course.title,
            context_key=course.link.course_key,
            lti_1p3_tool_keyset_url=f"{tool}/lti/jwks.json",
        )
        LtiConfiguration.objects.create(
            version="lti_1p3",
            config_store="CONFIG_ON_DB",
            location=course.link,
            lti_1p3_passport=passport,
            lti_1p3_oidc_url=f"{tool}/lti/login",
            lti_1p3_launch_url=launch,
            lti_1p3_redirect_uris=[launch],
            lti_advantage_enable_nrps=True,
            lti_advantage_deep_linking_enabled=True,
            lti_advantage_deep_linking_launch_url=launch,
            lti_advantage_ags_mode="programmatic",
        )
        CourseAllowPIISharingInLTIFlag.objects.create(course_id=course.link.course_key, enabled=True)
