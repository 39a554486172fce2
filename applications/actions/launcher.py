"""What one does to one's own launcher. Personal and reversible: nothing of it is announced or kept in the audit log."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import Person

from ..models import Application, Badge, Favourite, LauncherView, Opening
from ..models.launcher import OPENINGS_KEPT
from ..querysets.launcher import Mine, mine_for

MOST_FAVOURITES = 100


@transaction.atomic
def keep_favourite(application: Application, *, actor: Any) -> None:
    """Add it to `actor`'s favourites, at the end; once, however often it is asked. ValidationError when there are
    `MOST_FAVOURITES`."""
    mine = _locked(actor)
    if application.pk in mine.chosen:
        return
    order = _own(mine)
    if len(order) >= MOST_FAVOURITES:
        raise ValidationError(_("You have %(most)d favourites already: remove one first.") % {"most": MOST_FAVOURITES})
    _write([*order, application.pk], mine, actor)


@transaction.atomic
def remove_favourite(application: Application, *, actor: Any) -> None:
    """Take it out of `actor`'s favourites. What was put there by the City or a unit is not given again; what nobody may
    take out stays: ValidationError."""
    mine = _locked(actor)
    if application.pk in mine.forced:
        raise ValidationError(_("This application was chosen for everyone here: it stays in your favourites."))
    _write([pk for pk in _own(mine) if pk != application.pk], mine, actor)


@transaction.atomic
def put_back(application: Application, position: int, *, actor: Any) -> None:
    """Undo `remove_favourite`: back at `position` (from 0) among those that can be moved."""
    mine = _locked(actor)
    order = [pk for pk in _own(mine) if pk != application.pk]
    place = max(0, min(position, len(order)))
    _write([*order[:place], application.pk, *order[place:]][: MOST_FAVOURITES + 1], mine, actor)


@transaction.atomic
def move_favourite(application: Application, step: int, *, actor: Any, seen: Sequence[int]) -> None:
    """Move it one place up (-1) or down (1) among the favourites that can be moved. `seen`: those the person sees, past
    which one step leads. At the end of the list, nothing happens."""
    mine = _locked(actor)
    order = _own(mine)
    visible = [pk for pk in order if pk in set(seen)]
    if application.pk not in visible:
        return
    place = visible.index(application.pk) + step
    if not 0 <= place < len(visible):
        return
    one, other = order.index(application.pk), order.index(visible[place])
    order.insert(other, order.pop(one))
    _write(order, mine, actor)


@transaction.atomic
def set_favourites(applications: Sequence[Application], *, actor: Any) -> None:
    """Exactly these, in this order. What was put there and is left out is taken out; what nobody may take out stays
    first. ValidationError past `MOST_FAVOURITES`."""
    if len(applications) > MOST_FAVOURITES:
        raise ValidationError({"items": _("At most %(most)d favourites.") % {"most": MOST_FAVOURITES}})
    mine = _locked(actor)
    _write(list(dict.fromkeys(one.pk for one in applications)), mine, actor)


@transaction.atomic
def order_favourites(applications: Sequence[Application], *, actor: Any) -> None:
    """Put those named in this order; favourites that are not named keep their places after them. Names of what is no
    favourite say nothing."""
    mine = _locked(actor)
    own = _own(mine)
    named = [pk for pk in dict.fromkeys(one.pk for one in applications) if pk in own]
    _write([*named, *(pk for pk in own if pk not in named)], mine, actor)


def choose_view(shape: str, *, actor: Any) -> None:
    """Grid or list, on every device. ValidationError for anything else."""
    if shape not in LauncherView.Shape.values:
        raise ValidationError(_("This view does not exist."))
    LauncherView.objects.update_or_create(person_id=actor.pk, defaults={"shape": shape})


def note_opening(application: Application, *, actor: Any) -> None:
    """`actor` opened it, now. SECURITY: for their own recents; nobody else is told, and it is forgotten."""
    now = timezone.now()
    held = Opening.objects.filter(person_id=actor.pk, application_id=application.pk)
    if not held.update(last=now, times=F("times") + 1):
        row = Opening(person_id=actor.pk, application_id=application.pk, last=now)
        # Two windows at once: one of them writes it.
        Opening.objects.bulk_create([row], ignore_conflicts=True)


def sweep_launcher() -> int:
    """Forget openings that are too old, and counts that no longer show. How many openings."""
    now = timezone.now()
    gone, _each = Opening.objects.filter(last__lt=now - OPENINGS_KEPT).delete()
    # A day past their end: until then an older request that is sent again finds them, and changes nothing.
    Badge.objects.filter(expires__lt=now - timedelta(days=1)).delete()
    return gone


def _locked(actor: Any) -> Mine:
    """What is `actor`'s own, while no other window changes it."""
    # Their own row: two windows that reorder at once take turns.
    Person.objects.select_for_update(of=("self",)).only("pk").get(pk=actor.pk)
    return mine_for(actor)


def _own(mine: Mine) -> list[int]:
    """The favourites that can be moved, in order; with those that the person does not see any more."""
    return [pk for pk in mine.chosen if pk not in mine.forced]


def _write(order: Sequence[int], mine: Mine, actor: Any) -> None:
    """Make `order` the favourites of `actor`; what was offered and is not in it is taken out."""
    order = [pk for pk in order if pk not in mine.forced]
    hidden = (set(mine.offered) | mine.hidden) - set(order) - set(mine.forced)
    wanted = [
        *(Favourite(person_id=actor.pk, application_id=pk, position=place) for place, pk in enumerate(order, 1)),
        *(Favourite(person_id=actor.pk, application_id=pk, is_hidden=True) for pk in sorted(hidden)),
    ]
    kept = {one.application_id for one in wanted}
    Favourite.objects.filter(person_id=actor.pk).exclude(application_id__in=kept).delete()
    Favourite.objects.bulk_create(
        wanted,
        update_conflicts=True,
        unique_fields=["person", "application"],
        update_fields=["position", "is_hidden"],
    )
