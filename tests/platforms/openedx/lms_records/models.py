"""The LMS's own records that `lti_consumer` reads or writes through edx-platform."""

from django.contrib.auth.models import User
from django.db import models


class Profile(models.Model):
    """A person's profile; `lti_consumer` reads `user.profile.name`."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    name = models.CharField(max_length=255)
    role = models.CharField(max_length=30)
    external_id = models.CharField(max_length=64, unique=True)


class Grade(models.Model):
    """A line of the gradebook."""

    username = models.CharField(max_length=64)
    block = models.CharField(max_length=255)
    score = models.FloatField()
    maximum = models.FloatField()
    comment = models.TextField(null=True)
