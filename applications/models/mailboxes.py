"""What people gave so that the portal may read their mail or agenda."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..querysets import MailboxCredentialQuerySet


class MailboxCredential(models.Model):
    """A token of one person for one kind: an application password, or the secret address of a calendar.

    SECURITY: sealed, never shown again, never the password of the directory; gone with the person.
    """

    class Kind(models.TextChoices):
        MAIL = "mail", _("Mail")
        AGENDA = "agenda", _("Agenda")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mailbox_credentials")
    kind = models.CharField(max_length=6, choices=Kind)
    secret = models.TextField()
    given = models.DateTimeField(default=timezone.now)

    objects = MailboxCredentialQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="mailbox_credential_unique")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"
