"""How applications are read."""

from .access import AccessGrantQuerySet
from .applications import ApplicationQuerySet
from .service import ProposalQuerySet, ReceptionQuerySet, RegistrarQuerySet

__all__ = [
    "AccessGrantQuerySet",
    "ApplicationQuerySet",
    "ProposalQuerySet",
    "ReceptionQuerySet",
    "RegistrarQuerySet",
]
