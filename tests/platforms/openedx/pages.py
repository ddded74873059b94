"""The addresses of the small Open edX: its LTI addresses, and three pages of ours to drive it from outside.

  /config.json?course=SLUG               what an administrator copies into the gateway
  /start?course=SLUG&person=NAME[&deep_link=1]   signs the person in and begins a launch
  /grades.json                           the gradebook
"""

from courses import COURSES
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import include, path
from edx_platform import stand_in
from lms_records.models import Grade
from lti_consumer import api

stand_in()


def config(request):
    course = COURSES[request.GET["course"]]
    told = api.get_lti_1p3_launch_info(course.launch_data(User.objects.first()))
    people = {person.username: person.profile.external_id for person in User.objects.all()}
    return JsonResponse(
        {
            "issuer": settings.ROOT,
            "client_id": told["client_id"],
            "deployment_id": told["deployment_id"],
            "authorization_url": told["oidc_callback"],
            "token_url": told["token_url"],
            "jwks_url": told["keyset_url"],
            "context": str(course.link.course_key),
            "people": people,
        }
    )


def start(request):
    course = COURSES[request.GET["course"]]
    person = User.objects.get(username=request.GET["person"])
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    if request.GET.get("deep_link"):
        address = api.get_lti_1p3_launch_start_url(course.launch_data(person), deep_link_launch=True)
    else:
        address = api.get_lti_1p3_content_url(course.launch_data(person))
    return HttpResponseRedirect(address)


def grades(request):
    return JsonResponse(list(Grade.objects.values()), safe=False)


urlpatterns = [
    path("config.json", config),
    path("start", start),
    path("grades.json", grades),
    path("api/", include("lti_consumer.plugin.urls")),
]
