"""Spaces: where things live. And who is a member of them, in which role."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.audiences.models import Audience
from foundation.ui.pairs import Pair

from .kinds import url_of_space
from .querysets import MembershipQuerySet, SpaceQuerySet


class Role(models.IntegerChoices):
    """What a member may do, each including the one before."""

    READER = 10, _("Reader")
    CONTRIBUTOR = 20, _("Contributor")
    EDITOR = 30, _("Editor")
    OWNER = 40, _("Owner")


class Space(models.Model):
    """A community, a unit's site, a personal space… Everything that has content in it.

    Closing a space is one update of `access`: nothing about its content is stored on the content.
    """

    class Kind(models.TextChoices):
        COMMUNITY = "community", _("Community")
        UNIT = "unit", _("Unit")
        SITE = "site", _("Site")
        PERSONAL = "personal", _("Personal space")
        COUNCIL = "council", _("Council")

    class Access(models.TextChoices):
        OPEN = "open", _("Open: its audience reads everything in it")
        RESTRICTED = "restricted", _("Restricted: its audience sees that it exists, members read it")
        HIDDEN = "hidden", _("Hidden: members only")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    # One address space for all kinds: a slug names one space.
    slug = models.SlugField(max_length=80, unique=True)
    name_fr = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    description_fr = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    access = models.CharField(max_length=12, choices=Access, default=Access.OPEN)
    # Null means members only, whatever `access` says.
    audience = models.ForeignKey(Audience, models.PROTECT, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    archived = models.DateTimeField(null=True, blank=True)

    name = Pair("name")
    description = Pair("description")

    objects = SpaceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["audience", "access"], name="space_audience")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return url_of_space(self)


class Membership(models.Model):
    """One person, or everyone who holds a principal, in a space."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    principal = models.CharField(max_length=64, blank=True)
    role = models.PositiveSmallIntegerField(choices=Role, default=Role.CONTRIBUTOR)
    since = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, principal="")
                | (models.Q(person__isnull=True) & ~models.Q(principal="")),
                name="membership_person_xor_principal",
            ),
            models.UniqueConstraint(
                fields=["person", "space"],
                condition=models.Q(person__isnull=False),
                name="membership_person_unique",
            ),
            models.UniqueConstraint(
                fields=["principal", "space"], condition=~models.Q(principal=""), name="membership_principal_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id or self.principal} in {self.space_id} as {self.get_role_display()}"
