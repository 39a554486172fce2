"""Taking lists of people out of the portal."""

from collections.abc import Iterator

from django.db import transaction

from foundation.activity.actions import record
from foundation.audiences.policies import require

from ..activities import PEOPLE_EXPORTED
from ..exports import lines
from ..filters import Filters
from ..finding import everybody
from ..models import Person


@transaction.atomic
def export_people(q: str, filters: Filters, *, actor: Person) -> Iterator[str]:
    """The lines of a file of all the people `actor` finds with `q` and `filters`, in the actor's language.

    Recorded before the first line is read: who, how many, by which words and filters. Refused to those who may not.
    """
    require(actor, "directory.export_people", None)
    people = everybody(actor, q, filters)
    data = {"people": people.count(), "q": q, "filters": filters.values()}
    record(PEOPLE_EXPORTED, None, actor=actor, data=data)
    return lines(people, actor.language)
