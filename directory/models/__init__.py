"""People, units and groups of the city; elected officials; how people come in; the sync with LDAP."""

from .elected import Charge, Mandate
from .groups import Group, GroupChange
from .people import Person
from .profiles import Absence, PersonLanguage, PersonSkill, PersonWord, Skill, Spelling
from .responsibilities import Handover, HandoverItem
from .sign_in import PersonalToken, Session
from .sync import SyncProblem, SyncRun, SyncState
from .units import Position, Unit

__all__ = [
    "Absence",
    "Charge",
    "Group",
    "GroupChange",
    "Handover",
    "HandoverItem",
    "Mandate",
    "Person",
    "PersonLanguage",
    "PersonSkill",
    "PersonWord",
    "PersonalToken",
    "Position",
    "Session",
    "Skill",
    "Spelling",
    "SyncProblem",
    "SyncRun",
    "SyncState",
    "Unit",
]
