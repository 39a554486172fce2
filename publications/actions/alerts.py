"""What one does to alerts, and what the clock does."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import follow, record
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import require
from foundation.audiences.principals import principal
from foundation.content.models import State
from foundation.content.sending import sending_digest, sent_once

from ..activities import ALERT_BEGAN, ALERT_CHANGED, ALERT_ENDED, ALERT_EXPIRED, ALERT_RAISED
from ..models.alerts import BODY_MAX, LONGEST, Alert, PutAway, Severity
from ..models.sites import Site
from ..policies.alerts import Reach, own_principals

_SPACES = re.compile(r"\s+")
# A form takes a minute to fill in: what was to begin a moment ago begins now.
_LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class Wording:
    """What an alert says, in both languages. `link`: where one reads more, with what the link says; or nothing."""

    title_fr: str
    title_en: str
    body_fr: str
    body_en: str
    link: str = ""
    link_label_fr: str = ""
    link_label_en: str = ""

    def cleaned(self) -> "Wording":
        """Without stray spaces. ValidationError for what is missing or too long, by field."""
        words = {name: _tidy(value, lines=name.startswith("body")) for name, value in vars(self).items()}
        errors: dict[str, str] = {}
        required = {
            "title_fr": _("Give the alert a title in French."),
            "title_en": _("Give the alert a title in English: an alert is in both languages."),
            "body_fr": _("Say in French what happens and what to do."),
            "body_en": _("Say in English what happens and what to do: an alert is in both languages."),
        }
        errors |= {name: text for name, text in required.items() if not words[name]}
        if words["link"]:
            labels = {
                "link_label_fr": _("Say in French where the link leads."),
                "link_label_en": _("Say in English where the link leads."),
            }
            errors |= {name: text for name, text in labels.items() if not words[name]}
            if not is_safe_link(words["link"]):
                errors["link"] = _("Give an address that begins with https:// or, in this portal, with /.")
        longest = {"title": 120, "body": BODY_MAX, "link_label": 80, "link": 500}
        for name, value in words.items():
            most = longest[name.removesuffix("_fr").removesuffix("_en")]
            if len(value) > most:
                errors[name] = _("This is too long: at most %(max)s characters.") % {"max": most}
        if errors:
            raise ValidationError(errors)
        return Wording(**words)


def _tidy(text: str, *, lines: bool) -> str:
    text = str(text or "").replace("\0", "").strip()
    return text.replace("\r\n", "\n") if lines else _SPACES.sub(" ", text)


def is_safe_link(address: str) -> bool:
    """SECURITY: the portal itself, or the web: no `javascript:`, no `//elsewhere` that looks like the portal."""
    if address.startswith("/"):
        return not address.startswith(("//", "/\\")) and not re.search(r"[\s\\]", address)
    try:
        URLValidator(schemes=["https", "http"])(address)
    except ValidationError:
        return False
    return True


def raise_alert(
    site: Site,
    wording: Wording,
    *,
    actor: Any,
    severity: int,
    ends: datetime,
    audience: Collection[str],
    starts: datetime | None = None,
    sending_key: str | None = None,
) -> Alert:
    """Alert the holders of the principals `audience`, from `starts` (now unless said) to `ends`. Raises Refused and
    ValidationError.

    With a `sending_key` already used, answers the alert it made: a resent form raises nothing.
    """
    require(actor, "publications.raise_alert", site)
    wording, chosen = wording.cleaned(), frozenset(audience)
    if not chosen:
        raise ValidationError({"audience": _("Choose who is alerted.")})
    require(actor, "publications.reach_with_alert", Reach(site, severity, chosen))
    now = timezone.now()
    starts = now if starts is None else starts
    _check_times(starts, ends, now)
    key = sending_digest(sending_key, actor)

    def send() -> Alert:
        sent = Alert.objects.filter(sending_key=key, author=actor).first() if key else None
        return sent or _raise(site, wording, severity, starts, ends, chosen, actor=actor, key=key)

    return sent_once(send)


def _check_times(starts: datetime, ends: datetime, now: datetime, *, begun: bool = False) -> None:
    errors: dict[str, str] = {}
    if not begun and starts < now - _LATE:
        errors["starts"] = _("This moment is past: leave it empty to begin now.")
    if ends <= max(starts, now):
        errors["ends"] = _("An alert ends after it begins, and later than now.")
    elif ends - starts > LONGEST:
        errors["ends"] = _("An alert lasts at most %(days)s days: what lasts longer is a notice.") % {
            "days": LONGEST.days
        }
    if errors:
        raise ValidationError(errors)


def _raise(
    site: Site,
    wording: Wording,
    severity: int,
    starts: datetime,
    ends: datetime,
    chosen: frozenset[str],
    *,
    actor: Any,
    key: str | None,
) -> Alert:
    now = timezone.now()
    alert = Alert(
        space=site.space, language="fr", author=actor, owner=actor, starts=starts, updated=now, sending_key=key
    )
    _say(alert, wording, severity, chosen)
    _set_clock(alert, ends, now)
    alert.save()
    follow(alert, actor=actor)
    record(ALERT_RAISED, alert, actor=actor, data=_values(alert))
    return alert


def _say(alert: Alert, wording: Wording, severity: int, chosen: frozenset[str]) -> None:
    alert.title, alert.title_translated = wording.title_fr, wording.title_en
    alert.body, alert.body_translated = wording.body_fr, wording.body_en
    alert.link = wording.link
    alert.link_label, alert.link_label_translated = wording.link_label_fr, wording.link_label_en
    alert.severity = Severity(severity)
    # Those who answer for it see it, whomever it is for.
    alert.audience = audience_of(chosen | {principal("editors", alert.space_id)})


def _set_clock(alert: Alert, ends: datetime, now: datetime) -> None:
    """State and next moment, from when it begins and ends."""
    alert.expires = ends
    has_begun = alert.starts <= now
    alert.state = State.PUBLISHED if has_begun else State.DRAFT
    alert.published = (alert.published or now) if has_begun else None
    alert.due = ends if has_begun else alert.starts


def _values(alert: Alert) -> dict[str, Any]:
    """What the audit log keeps of an alert."""
    return {
        "severity": Severity(alert.severity).key,
        "starts": alert.starts.isoformat(),
        "ends": alert.ends.isoformat(),
        "audience": sorted(own_principals(alert)),
        "title": [alert.title, alert.title_translated],
        "body": [alert.body, alert.body_translated],
        "link": [alert.link, alert.link_label, alert.link_label_translated],
    }


@transaction.atomic
def change_alert(
    alert: Alert,
    wording: Wording,
    *,
    actor: Any,
    severity: int,
    ends: datetime,
    audience: Collection[str],
    starts: datetime | None = None,
) -> None:
    """Say it otherwise, or of other people or times. Who had put it away sees it again. Raises Refused and
    ValidationError. When it began does not change any more."""
    locked = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    require(actor, "publications.change_alert", locked)
    wording, chosen = wording.cleaned(), frozenset(audience)
    if not chosen:
        raise ValidationError({"audience": _("Choose who is alerted.")})
    require(actor, "publications.reach_with_alert", Reach(locked.space.site, severity, chosen))
    before, now = _values(locked), timezone.now()
    begun = locked.state == State.PUBLISHED
    if not begun:
        locked.starts = starts or now
    _check_times(locked.starts, ends, now, begun=begun)
    _say(locked, wording, severity, chosen)
    _set_clock(locked, ends, now)
    after = _values(locked)
    changed = sorted(name for name in after if after[name] != before[name])
    if not changed:
        return
    if changed != ["ends"]:
        locked.version += 1
        PutAway.objects.filter(alert=locked).delete()
    locked.updated = now
    locked.save()
    for field in locked._meta.concrete_fields:
        setattr(alert, field.attname, getattr(locked, field.attname))
    data = {"before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}}
    record(ALERT_CHANGED, locked, actor=actor, data=data)


@transaction.atomic
def end_alert(alert: Alert, *, actor: Any) -> None:
    """End it now; one that is still to come never begins. Raises Refused. Twice changes nothing."""
    locked = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    if locked.ended is not None:
        return
    require(actor, "publications.change_alert", locked)
    now = timezone.now()
    planned = locked.ends
    locked.state, locked.due, locked.expires = State.ARCHIVED, None, min(now, planned)
    locked.ended, locked.ended_by, locked.updated = now, actor, now
    locked.save(update_fields=["state", "due", "expires", "ended", "ended_by", "updated"])
    alert.state, alert.due, alert.expires, alert.ended = locked.state, None, locked.expires, now
    record(ALERT_ENDED, locked, actor=actor, data={"planned": planned.isoformat(), "at": now.isoformat()})


@transaction.atomic
def put_away(alert: Alert, *, actor: Any) -> None:
    """`actor` no longer wants to see its banner. Raises Refused. Twice changes nothing.

    Not recorded: it concerns nobody else.
    """
    require(actor, "publications.put_alert_away", alert)
    PutAway.objects.get_or_create(alert=alert, person=actor)


@transaction.atomic
def show_again(alert: Alert, *, actor: Any) -> None:
    """The banner shows again for `actor`."""
    PutAway.objects.filter(alert=alert, person=actor).delete()


def follow_clock() -> int:
    """Begin what is to begin and end what is to end. Answers how many; each is announced once, whoever does it.

    What should have begun while nobody looked, and is over already, is never announced.
    """
    return sum(_follow_clock(pk) for pk in Alert.objects.due().values_list("pk", flat=True)[:100])


@transaction.atomic
def _follow_clock(pk: int) -> bool:
    now = timezone.now()
    # Locked: of two workers, the second finds that nothing is due any more. Killed here, nothing has happened.
    alert = Alert.objects.due().select_for_update(of=("self",)).filter(pk=pk).first()
    if alert is None:
        return False
    begins = alert.state == State.DRAFT and alert.ends > now
    missed = alert.state == State.DRAFT and not begins
    alert.state = State.PUBLISHED if begins else State.ARCHIVED
    alert.due = alert.ends if begins else None
    alert.updated = now
    if begins:
        alert.published = now
    alert.save(update_fields=["state", "due", "published", "updated"])
    # In whose name the clock acts: it is they who set it.
    record(ALERT_BEGAN if begins else ALERT_EXPIRED, alert, actor=alert.author, data={"missed": True} if missed else {})
    return True
