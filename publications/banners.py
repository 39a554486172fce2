"""What of the alerts stands on every page, for one person or for many open pages at once.

Whether there is any alert at all is known by the shared cache, so that a page of a quiet day asks the database nothing.
SECURITY: the cache knows keys only; whose alerts they are is asked of the rule each time.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe

from directory.models import Person
from foundation.audiences.principals import principal
from foundation.content.policies import readers_of

from .models import Alert, PutAway

logger = logging.getLogger(__name__)

SHOWN = 3
KEY = "publications.alerts.current"
# Every change renews what is kept; this bounds what a lost renewal may cost.
KEPT_SECONDS = 60
# More at once than anybody should ever be shown.
MOST = 50


@dataclass(frozen=True)
class Banner:
    """The alerts of one person, most severe first: those in view, and how many more there are."""

    shown: list[Alert]
    more: int = 0


def _read_current() -> list[tuple[int, float]]:
    found = Alert.objects.current().most_severe_first().values_list("pk", "expires")
    return [(pk, expires.timestamp()) for pk, expires in found[:MOST]]


def current_ids() -> list[int]:
    """The keys of all alerts that last now. Most often answered by the cache, and most often empty."""
    kept = None
    try:
        kept = cache.get(KEY)
        if kept is None:
            kept = _read_current()
            # Never over what a change has just written.
            cache.add(KEY, kept, KEPT_SECONDS)
    except Exception:
        # The cache is away: pages go on, and each asks the database.
        logger.warning("the cache does not answer", exc_info=True)
        kept = _read_current() if kept is None else kept
    now = timezone.now().timestamp()
    return [pk for pk, expires in kept if expires > now]


def renew_current() -> None:
    """After a change of any alert has been committed."""
    try:
        cache.set(KEY, _read_current(), KEPT_SECONDS)
    except Exception:
        logger.warning("the cache does not answer", exc_info=True)


def banner_of(person: Any) -> Banner:
    """What `person` is shown: no query on a quiet day, one otherwise."""
    ids = current_ids()
    if not ids:
        return Banner([])
    mine = Alert.objects.filter(pk__in=ids).visible_to(person).current().not_put_away_by(person)
    return _banner(list(mine.with_row().most_severe_first()))


def _banner(alerts: list[Alert]) -> Banner:
    return Banner(alerts[:SHOWN], max(0, len(alerts) - SHOWN))


def render_banner(banner: Banner, *, put_away: Alert | None = None) -> SafeString:
    """As it stands on a page, in the active language. `put_away`: what has just been put away and may come back.

    SECURITY: the same for everyone who is shown the same alerts: no token, no name of the reader. So a thousand open
    pages can be sent it.
    """
    context = {"banner": banner, "put_away": put_away}
    return mark_safe(render_to_string("publications/alerts/_banner.html", context))


def is_quiet() -> bool:
    """Whether no alert lasts now."""
    return not current_ids()


def hearers_of(alert: Alert) -> frozenset[str]:
    """The principals of whoever may read it: those whose open pages look again."""
    space = alert.space
    chosen = alert.audience or space.audience
    shared = alert.shares.active().values_list("principal", flat=True)
    own = {principal("space", space.pk), principal("person", alert.author_id), *shared}
    return frozenset(own | (chosen.principals if chosen else frozenset()))


def read_banners(people: Sequence[Any]) -> Mapping[int, Mapping[str, Any]]:
    """The banner of each of these people, by their key, for their open pages: as many queries for one as for a hundred.

    SECURITY: the rule, read from the other end (`readers_of`), asked of all of them for each alert.
    """
    alerts = list(Alert.objects.filter(pk__in=current_ids()).current().with_readers().with_row().most_severe_first())
    keys = [one.pk for one in people]
    readers = {
        one.pk: set(Person.objects.filter(readers_of(one), pk__in=keys, is_active=True).values_list("pk", flat=True))
        for one in alerts
    }
    rows = PutAway.objects.filter(alert__in=[one.pk for one in alerts if one.can_be_put_away], person__in=keys)
    away = set(rows.values_list("alert_id", "person_id")) if alerts else set()
    rendered: dict[tuple[str, tuple[int, ...]], Mapping[str, Any]] = {}
    answers = {}
    for person in people:
        mine = [one for one in alerts if person.pk in readers[one.pk] and (one.pk, person.pk) not in away]
        key = (person.language, tuple(one.pk for one in mine))
        if key not in rendered:
            with translation.override(person.language):
                rendered[key] = {"html": str(render_banner(_banner(mine)))}
        answers[person.pk] = rendered[key]
    return answers
