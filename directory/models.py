"""People, units and groups of the city, and the sessions and tokens by which people come in."""

import re
import uuid

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from foundation.ui.addresses import address
from foundation.ui.pairs import Pair

from .querysets import GroupQuerySet, PersonManager, SessionManager, TokenQuerySet, UnitQuerySet


class Unit(models.Model):
    """A borough, a service, a division… One tree, by parent key; `path` spares walking it."""

    class Kind(models.TextChoices):
        CITY = "city", _("City")
        BOROUGH = "borough", _("Borough")
        SERVICE = "service", _("Service")
        DIVISION = "division", _("Division")
        CABINET = "cabinet", _("Cabinet")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What the LDAP directory calls it (departmentNumber).
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.DIVISION)
    name_fr = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # Ids from the root to this unit, "/1/4/12/": its ancestors are known without a query.
    path = models.CharField(max_length=160, db_index=True, editable=False)

    name = Pair("name")

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.name

    @property
    def ancestor_ids(self) -> list[int]:
        """From the root down to this unit, itself included."""
        return [int(one) for one in self.path.strip("/").split("/") if one]


class Group(models.Model):
    """People named together: mirrored from LDAP or kept by hand."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The LDAP group's cn; the sync and the sign-in own the members of groups that have one.
    ldap_name = models.CharField(max_length=160, unique=True, null=True, blank=True)
    name_fr = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    members = models.ManyToManyField("Person", related_name="directory_groups", blank=True)

    name = Pair("name")

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")

    def __str__(self) -> str:
        return self.name


class Person(AbstractBaseUser, PermissionsMixin):
    """An employee or elected official. The user model: there is no second record of the same person."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("Employee")
        ELECTED = "elected", _("Elected official")
        EXTERNAL = "external", _("External")

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    # The key for everything external (tokens, API, exports): never the login, never the database id.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField(_("User name"), max_length=80, unique=True)
    # The directory's own stable key; null for accounts that live here only.
    entry_uuid = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    employee_number = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.EMPLOYEE)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    title_fr = models.CharField(max_length=160, blank=True)
    title_en = models.CharField(max_length=160, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="people")
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=2, choices=[("fr", "Français"), ("en", "English")], default="fr")
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    # Family and given names without accents or case, for finding and sorting.
    search_name = models.CharField(max_length=200, db_index=True, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("Administrator"), default=False)
    created = models.DateTimeField(auto_now_add=True)

    title = Pair("title")

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["given_name", "family_name"]

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or self.username

    @property
    def initials(self) -> str:
        return f"{self.given_name[:1]}{self.family_name[:1]}".upper() or self.username[:2].upper()

    @property
    def is_elected(self) -> bool:
        return self.kind == self.Kind.ELECTED

    @property
    def phone_link(self) -> str:
        """`phone` as a telephone dials it: « 514 555-0117, poste 9481 » is +15145550117 and, after a pause, 9481."""
        number, *extension = (
            re.sub(r"\D", "", one) for one in re.split(r"[,;#x]|ext|poste", self.phone.lower(), maxsplit=1)
        )
        if len(number) == 10 and not self.phone.startswith("+"):
            number = f"+1{number}"
        return ",".join(one for one in (number, *extension) if one)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.given_name or self.username

    def get_absolute_url(self) -> str:
        return address("directory:person", self.uuid)


class Session(AbstractBaseSession):
    """A signed-in browser, with what its owner needs to recognise it and end it."""

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="sessions")
    browser = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    created = models.DateTimeField(null=True)

    objects = SessionManager()

    @property
    def handle(self) -> str:
        """What names the session in pages. SECURITY: its key is the cookie itself and never leaves the server."""
        return salted_hmac("directory.session", self.session_key).hexdigest()[:24]

    @classmethod
    def get_session_store_class(cls) -> type:
        from .sessions import SessionStore

        return SessionStore


class PersonalToken(models.Model):
    """A key to the API that a person made for a program. Shown once; only its hash is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("Read what I can read")
        WRITE = "write", _("Read and write in my name")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = models.CharField(_("What it is for"), max_length=80)
    scope = models.CharField(_("Rights"), max_length=5, choices=Scope, default=Scope.READ)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    last_used = models.DateField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        return self.expires <= timezone.now()
