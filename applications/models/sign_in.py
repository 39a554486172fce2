"""Single sign-on: the clients, what people are connected to, the sign-ins under way, the keys that sign."""

import re
import uuid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from oauth2_provider.models import AbstractApplication

from foundation.outgoing.sealing import digest_of

from ..querysets import ConnectionQuerySet, SignInClientQuerySet, SigningKeyQuerySet, SignInQuerySet
from .applications import Application

# Where a program on the person's own machine listens (RFC 8252): any port there, chosen as it runs.
LOOPBACK = frozenset({"127.0.0.1", "::1"})
ADDRESSES_MOST, ADDRESS_LONGEST = 10, 500
_URI = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")


class Claim(models.TextChoices):
    """What a client may be told of a person. `sub`, which only tells people apart, is always told."""

    NAME = "name", _("Name")
    USERNAME = "preferred_username", _("User name")
    EMAIL = "email", _("E-mail address")
    LOCALE = "locale", pgettext_lazy("claim", "Language")
    GROUPS = "groups", _("Belonging to the groups chosen here")
    UNITS = "units", _("Unit and units above it")
    ELECTED = "elected", _("Whether they are an elected official")


# What a client asks for to be told each of them.
SCOPES = {
    Claim.NAME: "profile",
    Claim.USERNAME: "profile",
    Claim.LOCALE: "profile",
    Claim.EMAIL: "email",
    Claim.GROUPS: "groups",
    Claim.UNITS: "units",
    Claim.ELECTED: "units",
}


class Consent(models.TextChoices):
    """Who agrees that a client is told of a person."""

    TRUSTED = "trusted", _("The City: people are not asked")
    ASK = "ask", _("Each person, the first time")


class SignInClient(AbstractApplication):
    """A system that people sign in to by the portal: the client of OpenID Connect.

    SECURITY: code flow with a signed ID token, and nothing else; `client_secret` holds a plain hash of 256 random bits
    (see `foundation.outgoing.sealing.digest_of`), which the library must not hash again: a password's hash costs 0.4 s
    of CPU at each token, and protects weak secrets, which these are not.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Whoever may open it may sign in by this client.
    entitlement = models.ForeignKey(Application, models.CASCADE, related_name="sign_in_clients")
    is_enabled = models.BooleanField(default=True)
    consent = models.CharField(_("Who agrees"), max_length=7, choices=Consent, default=Consent.ASK)
    # Keys of `Claim`.
    claims = models.JSONField(default=list, blank=True)
    groups = models.ManyToManyField("directory.Group", related_name="+", blank=True)
    # The secret before the present one, good until then.
    former_secret = models.CharField(max_length=64, blank=True, editable=False)
    former_secret_until = models.DateTimeField(null=True, editable=False)
    secret_renewed = models.DateTimeField(null=True, editable=False)

    objects = SignInClientQuerySet.as_manager()

    class Meta(AbstractApplication.Meta):
        verbose_name = _("single sign-on client")
        verbose_name_plural = _("single sign-on clients")
        constraints = [
            # SECURITY: whatever is written here by hand, no other flow and no other signature comes of it.
            models.CheckConstraint(
                condition=models.Q(
                    authorization_grant_type=AbstractApplication.GRANT_AUTHORIZATION_CODE,
                    algorithm=AbstractApplication.RS256_ALGORITHM,
                    hash_client_secret=False,
                ),
                name="sign_in_client_code_flow_only",
            )
        ]

    def clean(self) -> None:
        """What one field cannot know of the others; the library's own check knows neither our keys nor our schemes."""
        errors: dict[str, Any] = {}
        if not self.redirect_uris.split():
            errors["redirect_uris"] = _("Give one address at least.")
        for name in ("redirect_uris", "post_logout_redirect_uris"):
            try:
                check_addresses(getattr(self, name), native=self.is_native)
            except ValidationError as error:
                errors[name] = error
        if set(self.claims) - set(Claim.values):
            errors["claims"] = _("There is no such detail.")
        if errors:
            raise ValidationError(errors)

    def get_absolute_url(self) -> str:
        return f"{self.entitlement.get_absolute_url()}sign-in/"

    def get_allowed_schemes(self) -> list[str]:
        # What is allowed was decided by `clean`, address by address.
        return ["https", "http"]

    def redirect_uri_allowed(self, uri: str) -> bool:
        return is_listed(uri, self.redirect_uris.split())

    def post_logout_redirect_uri_allowed(self, uri: str) -> bool:
        return is_listed(uri, self.post_logout_redirect_uris.split())

    def is_usable(self, request: Any) -> bool:
        return self.is_enabled

    def origin_allowed(self, origin: str) -> bool:
        # SECURITY: no page of a browser asks for tokens: a secret there is none, a token there is anybody's.
        return False

    @property
    def is_native(self) -> bool:
        """A program on people's own machines: it cannot keep a secret."""
        return bool(self.client_type == AbstractApplication.CLIENT_PUBLIC)

    @property
    def scopes(self) -> frozenset[str]:
        """What it may ask for."""
        return frozenset({"openid", *(SCOPES[Claim(one)] for one in self.claims if one in Claim.values)})

    def has_secret(self, secret: str) -> bool:
        """Whether `secret` is its own, or its former one within its delay."""
        digest = digest_of(secret)
        is_present = bool(self.client_secret) and constant_time_compare(digest, self.client_secret)
        has_former = self.former_secret_until is not None and timezone.now() < self.former_secret_until
        is_former = bool(self.former_secret) and constant_time_compare(digest, self.former_secret)
        return is_present or (has_former and is_former)


def check_addresses(text: str, *, native: bool) -> None:
    """ValidationError unless each address, they stand apart by blanks, may be one a browser is sent back to.

    SECURITY: `https` and a whole host name; for a program of the machine itself also `http` on its loopback address.
    Nothing to be filled in: no wildcard, no fragment, no user, no way up.
    """
    addresses = text.split()
    if len(addresses) > ADDRESSES_MOST:
        raise ValidationError(_("At most %(count)s addresses."), params={"count": ADDRESSES_MOST})
    for address in addresses:
        if reason := _reason_against(address, native):
            raise ValidationError(_("%(address)s: %(reason)s"), params={"address": address[:120], "reason": reason})


def _reason_against(address: str, native: bool) -> Any:
    if len(address) > ADDRESS_LONGEST:
        return _("it is too long.")
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return _("it is no web address.")
    if not _URI.fullmatch(address) or "*" in address:
        return _("write it out whole, without wildcards, spaces, accents or a fragment (#).")
    if parts.username is not None or parts.password is not None or "/../" in f"{parts.path}/":
        return _("it is no web address.")
    if native and parts.scheme == "http" and host in LOOPBACK:
        return ""
    if parts.scheme != "https":
        if native:
            return _("begin it with https://, or with http://127.0.0.1 for a program on the person's own machine.")
        return _("begin it with https://.")
    if not host or not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f:]+", host):
        return _("it is no web address.")
    return ""


def is_listed(address: str, listed: list[str]) -> bool:
    """Whether `address` is one of `listed`, letter by letter; of a loopback address, the port is free."""
    if address in listed:
        return True
    # SECURITY: only what was listed without a port may be asked for with one, and only the port may differ.
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme != "http" or host not in LOOPBACK or port is None:
        return False
    shown = f"[{host}]" if ":" in host else host
    beginning = f"http://{shown}:{port}"
    rest = address[len(beginning) :]
    return address.startswith(beginning) and rest[:1] in ("", "/", "?") and f"http://{shown}{rest}" in listed


class Connection(models.Model):
    """A person is connected to a client: since when, and what they agreed that it is told. Revoked, not deleted."""

    client = models.ForeignKey(SignInClient, models.CASCADE, related_name="connections")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="connections")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    since = models.DateTimeField(default=timezone.now)
    last_used = models.DateTimeField(null=True)
    # Keys of `Claim` they agreed to, and when; null where they were not asked.
    claims = models.JSONField(default=list)
    agreed = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "client"], name="connection_unique")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.client_id}"


class SignIn(models.Model):
    """One sign-in to an application: from its code to the end of the last token made from it.

    Its uuid is the `token_family` of its refresh tokens; `code_digest` knows its code when it comes back.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client = models.ForeignKey(SignInClient, models.CASCADE, related_name="sign_ins")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins")
    code_digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=200)
    # The portal's own session it came from, as a digest: the key is the cookie itself.
    session_digest = models.CharField(max_length=64, db_index=True)
    # When they last gave their password.
    authenticated = models.DateTimeField()
    created = models.DateTimeField(default=timezone.now)
    # When the code was changed for tokens.
    used = models.DateTimeField(null=True)
    expires = models.DateTimeField(db_index=True)
    ended = models.DateTimeField(null=True)

    objects = SignInQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.uuid)


class SigningKey(models.Model):
    """A key that ID tokens are signed with: published first, then in use, then kept while what it signed is good."""

    class Stage(models.TextChoices):
        NEXT = "next"
        CURRENT = "current"
        FORMER = "former"

    kid = models.CharField(max_length=64, unique=True)
    stage = models.CharField(max_length=7, choices=Stage, default=Stage.NEXT)
    # The private key as PEM, sealed; empty once it signs no more.
    sealed = models.TextField(blank=True)
    # Tells which SECRET_KEY it was sealed by.
    sealed_by = models.CharField(max_length=64, blank=True)
    # The public key as a JSON Web Key.
    public = models.JSONField()
    published = models.DateTimeField(default=timezone.now)
    activated = models.DateTimeField(null=True)
    retired = models.DateTimeField(null=True)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stage"], condition=~models.Q(stage="former"), name="signing_key_one_at_each_stage"
            )
        ]

    def __str__(self) -> str:
        return self.kid
