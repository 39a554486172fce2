"""People: employees, elected officials, externals. The user model."""

import re
import uuid

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.files.models import Blob
from foundation.ui.addresses import address
from foundation.ui.pairs import Pair

from ..querysets import PersonManager
from .units import Unit


class Person(AbstractBaseUser, PermissionsMixin):
    """An employee, elected official or external. The user model: there is no second record of the same person.

    Most of it is LDAP's; a person changes only what `profiles.py` and `actions/profiles.py` let them change.
    """

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
    # What they are called by everyone, where it is not the given name. Theirs to choose.
    preferred_name = models.CharField(max_length=80, blank=True)
    title_fr = models.CharField(max_length=160, blank=True)
    title_en = models.CharField(max_length=160, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="people")
    # Where they work or are elected; LDAP's word, or else the borough above their unit.
    borough = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    # Has active people below; kept by the sync.
    is_manager = models.BooleanField(default=False)
    # The city's word for the class of employment: a key of `mapping.JOB_CLASSES`, or LDAP's own word.
    job_class = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    mobile = models.CharField(max_length=40, blank=True)
    notes_name = models.CharField(max_length=160, blank=True)
    # The building, and the room in it.
    site = models.CharField(max_length=160, blank=True)
    room = models.CharField(max_length=60, blank=True)
    # ISO weekdays they work, "1234" for Monday to Thursday; empty when they have not said. Theirs to say.
    working_days = models.CharField(max_length=7, blank=True)
    # {field: level} where it differs from the city's policy (see `privacy`).
    privacy = models.JSONField(default=dict, blank=True)
    # The picture others see: their own, or LDAP's, or none when they hide it. Kept by `actions.photos`.
    photo = models.ForeignKey(Blob, models.PROTECT, null=True, blank=True, related_name="+")
    own_photo = models.ForeignKey(Blob, models.PROTECT, null=True, blank=True, related_name="+")
    ldap_photo = models.ForeignKey(Blob, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=2, choices=[("fr", "Français"), ("en", "English")], default="fr")
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    # Does not wish others to see what they read or that they write. Theirs to say.
    is_invisible = models.BooleanField(default=False)
    # Family and given names without accents or case, for sorting.
    search_name = models.CharField(max_length=200, db_index=True, editable=False)
    is_active = models.BooleanField(default=True)
    # Shut out here by an administrator: the sync does not let them in again.
    is_suspended = models.BooleanField(default=False)
    # The day they were deactivated.
    left = models.DateField(null=True, blank=True)
    is_staff = models.BooleanField(_("Administrator"), default=False)
    created = models.DateTimeField(auto_now_add=True)
    # As LDAP says it: distinguished name, unit's code, manager's name; and a digest of the whole entry, by which an
    # unchanged one is known without comparing.
    ldap_dn = models.CharField(max_length=500, blank=True, db_index=True, editable=False)
    ldap_unit = models.CharField(max_length=40, blank=True, db_index=True, editable=False)
    ldap_manager = models.CharField(max_length=500, blank=True, db_index=True, editable=False)
    ldap_digest = models.CharField(max_length=64, blank=True, editable=False)

    title = Pair("title")

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["given_name", "family_name"]

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        permissions = [("export_person", "Can export lists of people")]
        # Everybody in name order, and how many they are.
        indexes = [
            models.Index(fields=["search_name"], condition=models.Q(is_active=True), name="person_active_by_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.preferred_name or self.given_name} {self.family_name}".strip() or self.username

    @property
    def initials(self) -> str:
        first = self.preferred_name or self.given_name
        return f"{first[:1]}{self.family_name[:1]}".upper() or self.username[:2].upper()

    @property
    def is_elected(self) -> bool:
        return self.kind == self.Kind.ELECTED

    @property
    def phone_link(self) -> str:
        """`phone` as a telephone dials it."""
        return dialled(self.phone)

    @property
    def mobile_link(self) -> str:
        """`mobile` as a telephone dials it."""
        return dialled(self.mobile)

    def photo_at(self, size: int) -> str:
        """The address of the photo others see, at one of `photos.SIZES` pixels; empty without one. Costs no query."""
        # Where a list did not load it there are initials: a query for each row would be worse.
        return self.picture_address(self.__dict__.get("photo_id"), size)

    def picture_address(self, sha256: str | None, size: int) -> str:
        """Where one of this person's pictures is found. It changes with the picture, so it may be kept for long."""
        return f"{self.get_absolute_url()}photo/{size}-{sha256[:16]}.webp" if sha256 else ""

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.preferred_name or self.given_name or self.username

    def get_absolute_url(self) -> str:
        return address("directory:person", self.uuid)


def dialled(phone: str) -> str:
    """A number as a telephone dials it: « 514 555-0117, poste 9481 » is +15145550117 and, after a pause, 9481."""
    number, *extension = (re.sub(r"\D", "", one) for one in re.split(r"[,;#x]|ext|poste", phone.lower(), maxsplit=1))
    if len(number) == 10 and not phone.startswith("+"):
        number = f"+1{number}"
    return ",".join(one for one in (number, *extension) if one)
