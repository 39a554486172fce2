"""How people come in: signed-in browsers and personal tokens."""

import uuid

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from ..querysets import SessionManager, TokenQuerySet
from .people import Person


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
        from ..sessions import SessionStore

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
