"""How people, units, groups, sessions, tokens and runs of the sync are read."""

from .elected import MandateQuerySet
from .groups import GroupQuerySet
from .names import canonical_username, folded
from .people import PersonManager, PersonQuerySet
from .profiles import AbsenceQuerySet, SkillQuerySet, WordQuerySet
from .responsibilities import HandoverItemQuerySet
from .sign_in import SessionManager, TokenQuerySet
from .sync import SyncRunQuerySet, SyncStateQuerySet
from .units import PositionQuerySet, UnitQuerySet

__all__ = [
    "AbsenceQuerySet",
    "GroupQuerySet",
    "HandoverItemQuerySet",
    "MandateQuerySet",
    "PersonManager",
    "PersonQuerySet",
    "PositionQuerySet",
    "SessionManager",
    "SkillQuerySet",
    "SyncRunQuerySet",
    "SyncStateQuerySet",
    "TokenQuerySet",
    "UnitQuerySet",
    "WordQuerySet",
    "canonical_username",
    "folded",
]
