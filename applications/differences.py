"""What a proposal changes, field by field, in words: for whoever decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Person
from foundation.audiences.principals import label_of

from .manifests.meaning import PART_OF
from .models import Application, Door, Entry, Proposal, Stage
from .resolving import MOMENTS, plain_of

LABELS: dict[str, str | Promise] = {
    "title": gettext_lazy("Name in French"),
    "title_translated": gettext_lazy("Name in English"),
    "description_fr": gettext_lazy("Description in French"),
    "description_en": gettext_lazy("Description in English"),
    "icon": gettext_lazy("Icon"),
    "category": gettext_lazy("Category"),
    "opens_with": gettext_lazy("Opens with"),
    "address": gettext_lazy("Web address"),
    "notes_link": gettext_lazy("Notes link"),
    "desktop_address": gettext_lazy("Address of the program"),
    "phone": gettext_lazy("Telephone"),
    "health_address": gettext_lazy("Where its health is asked"),
    "help_fr": gettext_lazy("Help in French"),
    "help_en": gettext_lazy("Help in English"),
    "help_address": gettext_lazy("Address of its help"),
    "support_name": gettext_lazy("Support"),
    "support_email": gettext_lazy("E-mail address of support"),
    "support_phone": gettext_lazy("Telephone of support"),
    "owner": gettext_lazy("Who answers for it"),
    "audience": gettext_lazy("Who sees it"),
    "entry": gettext_lazy("Access"),
    "stage": gettext_lazy("Stage"),
    "service_from": gettext_lazy("In service from"),
    "retires_on": gettext_lazy("Retires on"),
    "successor": gettext_lazy("Successor"),
    "maintenance_from": gettext_lazy("Maintenance from"),
    "maintenance_until": gettext_lazy("Maintenance until"),
    "maintenance_fr": gettext_lazy("Maintenance, in French"),
    "maintenance_en": gettext_lazy("Maintenance, in English"),
}
_LANGUAGE = {"fr": "fr", "en": "en", "title": "fr", "title_translated": "en"}
_CODES = frozenset(
    {"address", "notes_link", "desktop_address", "health_address", "help_address", "icon", "support_email", "phone"}
)
_CHOICES: dict[str, Any] = {
    "category": Application.Category,
    "opens_with": Door,
    "entry": Entry,
    "stage": Stage,
}


@dataclass(frozen=True)
class Difference:
    """One field. `before`, `after`: in words, empty for nothing. `now`: what it is meanwhile, where somebody changed it
    since; otherwise None. `language`: of the words themselves. `is_code`: an address, read sign by sign."""

    name: str
    label: str
    before: str
    after: str
    now: str | None = None
    language: str = ""
    is_code: bool = False


def differences_of(proposal: Proposal) -> list[Difference]:
    """What a proposal changes, in the order of a form. A new application: all that it would be."""
    current = (
        plain_of(proposal.application) if proposal.application and not proposal.is_new and proposal.is_waiting else None
    )
    words = _Words([proposal.values, proposal.before, current or {}])
    found = []
    for name in PART_OF:
        if name not in proposal.values:
            continue
        before, after = proposal.before.get(name), proposal.values[name]
        if before == after or (proposal.is_new and after in ("", None) and name != "audience"):
            continue
        moved = current is not None and current[name] != before
        found.append(
            Difference(
                name,
                str(LABELS[name]),
                words.of(name, before) if name in proposal.before else "",
                words.of(name, after),
                words.of(name, current[name]) if moved and current is not None else None,
                _LANGUAGE.get(name, _LANGUAGE.get(name[-2:], "") if name[-3:] in ("_fr", "_en") else ""),
                name in _CODES,
            )
        )
    return found


class _Words:
    """Plain values in words; people are looked up once for all of them."""

    def __init__(self, all_values: Iterable[Mapping[str, Any]]) -> None:
        owners = {str(one["owner"]) for one in all_values if one.get("owner")}
        people = Person.objects.filter(uuid__in=owners)
        self._people = {str(one.uuid): one.name for one in people}

    def of(self, name: str, value: Any) -> str:
        if name == "audience":
            if value is None:
                return _("Everybody who reads the register")
            return ", ".join(sorted(_label(one) for one in value))
        if value in (None, ""):
            return ""
        if name in _CHOICES:
            return str(dict(_CHOICES[name].choices).get(value, value))
        if name == "owner":
            return self._people.get(value, value)
        if name in MOMENTS:
            moment = timezone.localtime(datetime.fromisoformat(value))
            return date_format(moment, "DATETIME_FORMAT")
        if name == "retires_on":
            return date_format(date.fromisoformat(value), "DATE_FORMAT")
        return str(value)


def _label(principal: str) -> str:
    try:
        return label_of(principal)
    except LookupError:
        return principal
