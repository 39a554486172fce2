"""What a run read and changed, in numbers, and what was wrong with entries."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..entries import Problem

# What was read and found as it was: no change.
QUIET = frozenset({"people_read", "people_unchanged", "units_read", "groups_read"})


@dataclass
class Counts:
    """The numbers of a run. `SyncRun.counts` has these names."""

    people_read: int = 0
    people_added: int = 0
    people_changed: int = 0
    people_unchanged: int = 0
    people_left: int = 0
    people_returned: int = 0
    units_read: int = 0
    units_added: int = 0
    units_changed: int = 0
    units_gone: int = 0
    groups_read: int = 0
    groups_added: int = 0
    groups_changed: int = 0
    groups_gone: int = 0
    problems: int = 0

    @property
    def is_change(self) -> bool:
        """Whether anything differs from before, or is wrong."""
        return any(getattr(self, one.name) for one in fields(self) if one.name not in QUIET)

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


# For the page of a run and the report of the command.
LABELS: dict[str, str | Promise] = {
    "people_read": _("People read"),
    "people_added": _("People added"),
    "people_changed": _("People changed"),
    "people_unchanged": _("People unchanged"),
    "people_left": _("People who left"),
    "people_returned": _("People who came back"),
    "units_read": _("Units read"),
    "units_added": _("Units added"),
    "units_changed": _("Units changed"),
    "units_gone": _("Units gone"),
    "groups_read": _("Groups read"),
    "groups_added": _("Groups added"),
    "groups_changed": _("Groups changed"),
    "groups_gone": _("Groups gone"),
    "problems": _("Problems"),
}


@dataclass
class Report:
    """One run as it goes."""

    counts: Counts = field(default_factory=Counts)
    problems: list[Problem] = field(default_factory=list)

    def note(self, problems: Iterable[Problem]) -> None:
        """Keep what was wrong."""
        before = len(self.problems)
        self.problems.extend(problems)
        self.counts.problems += len(self.problems) - before

    def forget(self, kept: int) -> None:
        """Leave out what was noted after the first `kept` problems."""
        self.counts.problems -= len(self.problems) - kept
        del self.problems[kept:]
