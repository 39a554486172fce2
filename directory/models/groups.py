"""Groups: people named together, from LDAP, by hand, or by a rule."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.ui.addresses import address
from foundation.ui.pairs import Pair

from ..querysets import GroupQuerySet


class Group(models.Model):
    """People named together. `members` is always who belongs now, whatever the source: `group:9` reads it.

    ldap: mirrored, nested groups included. hand: chosen by its owners. rule: a saved audience, `rule` over what the
    directory knows (see `rules`), evaluated again by each sync.
    """

    class Source(models.TextChoices):
        LDAP = "ldap", _("City's directory")
        HAND = "hand", _("Kept by hand")
        RULE = "rule", _("By rule")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(max_length=4, choices=Source, default=Source.HAND)
    # The LDAP group's cn; the sync and the sign-in own the members of groups that have one.
    ldap_name = models.CharField(max_length=160, unique=True, null=True, blank=True)
    name_fr = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    purpose_fr = models.TextField(blank=True)
    purpose_en = models.TextField(blank=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="directory_groups", blank=True)
    owners = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="owned_groups", blank=True)
    rule = models.JSONField(null=True, blank=True)
    # LDAP groups among its members; their people are in `members` too.
    subgroups = models.ManyToManyField("self", symmetrical=False, related_name="supergroups", blank=True)
    # Anyone may address it and read how many belong; else its members, owners and administrators only.
    is_public = models.BooleanField(default=True)
    # False: it is no longer in LDAP, or was withdrawn. It then has no members.
    is_active = models.BooleanField(default=True)
    evaluated = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now, editable=False)
    entry_uuid = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    ldap_dn = models.CharField(max_length=500, blank=True, db_index=True, editable=False)
    ldap_digest = models.CharField(max_length=64, blank=True, editable=False)

    name = Pair("name")
    purpose = Pair("purpose")

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("directory:group", self.uuid)


class GroupChange(models.Model):
    """Who came into a group and who went out, at one moment. Lists of `Person.uuid` as texts."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    # Null: the sync.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    added = models.JSONField(default=list)
    removed = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.group_id}: +{len(self.added)} -{len(self.removed)}"
