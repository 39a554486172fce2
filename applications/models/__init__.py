"""The register of applications, who may open what, and single sign-on to them."""

from .access import (
    AccessGrant,
    AccessRequest,
)
from .applications import (
    DOOR_FIELDS,
    OPEN_STAGES,
    Application,
    Door,
    Entry,
    Stage,
    Status,
)
from .health import (
    Check,
    CheckResult,
    CheckSummary,
    Outage,
    StatusPeriod,
)
from .launcher import (
    Badge,
    BadgeKey,
    Favourite,
    LauncherDefault,
    LauncherView,
    Opening,
)
from .links import (
    Link,
)
from .mailboxes import (
    MailboxCredential,
)
from .notes import (
    NotesPlace,
)
from .service import (
    Part,
    Proposal,
    Reception,
    Registrar,
    Registration,
)
from .sign_in import (
    SCOPES,
    Claim,
    Connection,
    Consent,
    SignIn,
    SignInClient,
    SigningKey,
)

__all__ = [
    "DOOR_FIELDS",
    "OPEN_STAGES",
    "SCOPES",
    "AccessGrant",
    "AccessRequest",
    "Application",
    "Badge",
    "BadgeKey",
    "Check",
    "CheckResult",
    "CheckSummary",
    "Claim",
    "Connection",
    "Consent",
    "Door",
    "Entry",
    "Favourite",
    "LauncherDefault",
    "LauncherView",
    "Link",
    "MailboxCredential",
    "NotesPlace",
    "Opening",
    "Outage",
    "Part",
    "Proposal",
    "Reception",
    "Registrar",
    "Registration",
    "SignIn",
    "SignInClient",
    "SigningKey",
    "Stage",
    "Status",
    "StatusPeriod",
]
