"""How applications are read."""

from .access import AccessGrantQuerySet, AccessRequestQuerySet
from .applications import ApplicationQuerySet
from .service import ProposalQuerySet, ReceptionQuerySet, RegistrarQuerySet

__all__ = [
    "AccessGrantQuerySet",
    "AccessRequestQuerySet",
    "ApplicationQuerySet",
    "ProposalQuerySet",
    "ReceptionQuerySet",
    "RegistrarQuerySet",
]
