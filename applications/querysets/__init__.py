"""How applications are read."""

from .access import (
    AccessGrantQuerySet,
    AccessRequestQuerySet,
)
from .applications import (
    ApplicationQuerySet,
)
from .health import (
    CheckQuerySet,
    OutageQuerySet,
    StatusPeriodQuerySet,
    count_by_status,
    outages_for,
)
from .links import (
    LinkQuerySet,
)
from .mailboxes import (
    MailboxCredentialQuerySet,
)
from .notes import (
    NotesPlaceQuerySet,
)
from .service import (
    ProposalQuerySet,
    ReceptionQuerySet,
    RegistrarQuerySet,
)
from .sign_in import (
    ConnectionQuerySet,
    SignInClientQuerySet,
    SigningKeyQuerySet,
    SignInQuerySet,
)

__all__ = [
    "AccessGrantQuerySet",
    "AccessRequestQuerySet",
    "ApplicationQuerySet",
    "CheckQuerySet",
    "ConnectionQuerySet",
    "LinkQuerySet",
    "MailboxCredentialQuerySet",
    "NotesPlaceQuerySet",
    "OutageQuerySet",
    "ProposalQuerySet",
    "ReceptionQuerySet",
    "RegistrarQuerySet",
    "SignInClientQuerySet",
    "SignInQuerySet",
    "SigningKeyQuerySet",
    "StatusPeriodQuerySet",
    "count_by_status",
    "outages_for",
]
