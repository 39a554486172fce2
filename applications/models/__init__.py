"""The register of applications, who may open what, and single sign-on to them."""

from .access import AccessGrant
from .applications import DOOR_FIELDS, OPEN_STAGES, Application, Door, Entry, Stage, Status
from .sign_in import SCOPES, Claim, Connection, Consent, SignIn, SignInClient, SigningKey

__all__ = [
    "DOOR_FIELDS",
    "OPEN_STAGES",
    "SCOPES",
    "AccessGrant",
    "Application",
    "Claim",
    "Connection",
    "Consent",
    "Door",
    "Entry",
    "SignIn",
    "SignInClient",
    "SigningKey",
    "Stage",
    "Status",
]
