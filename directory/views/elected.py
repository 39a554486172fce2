"""Elected officials: the list by borough, and their mandates."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from foundation.audiences.policies import ask, require
from foundation.ui.forms import blame

from .. import actions
from ..forms.elected import MandateForm, charge_forms, charges_in
from ..models import Charge, Mandate, Person, Unit
from ..models.people import dialled
from ..querysets import folded

CABINET = 12
# In a borough: its mayor, then councillors of the city, then of the borough.
_OFFICES = {office: place for place, office in enumerate(Mandate.Office.values)}
NO_PARTY = "none"


@require_safe
def elected(request: HttpRequest) -> HttpResponse:
    """Those in office, grouped by borough. Filters: `q` (words), `borough` (a uuid), `office`, `party`."""
    everybody = list(Mandate.objects.visible_to(request.user).current().for_rows())
    filters = {name: request.GET.get(name, "").replace("\0", " ").strip()[:160] for name in _FILTERS}
    shown = [one for one in everybody if all(_FILTERS[name](one, text) for name, text in filters.items() if text)]
    shown.sort(key=lambda one: (_OFFICES[one.office], folded(one.district), one.person.search_name, one.pk))
    context = {
        "groups": _by_borough(shown),
        "count": ngettext("%(count)d elected official", "%(count)d elected officials", len(shown))
        % {"count": len(shown)},
        "filters": filters,
        "is_filtered": any(filters.values()),
        "is_empty": not everybody,
        "boroughs": [borough for borough, _rows in _by_borough(everybody) if borough],
        "offices": Mandate.Office.choices,
        "parties": sorted({one.party for one in everybody if one.is_party_published and one.party}, key=folded),
        "no_party": NO_PARTY,
    }
    return render(request, "directory/elected.html", context)


def _by_borough(mandates: list[Mandate]) -> list[tuple[Unit | None, list[Mandate]]]:
    """The city's mayor, under no borough, then the boroughs by name."""
    groups: dict[Unit | None, list[Mandate]] = {}
    for one in mandates:
        groups.setdefault(one.borough, []).append(one)
    return sorted(groups.items(), key=lambda pair: folded(pair[0].name) if pair[0] else "")


def _has_words(mandate: Mandate, text: str) -> bool:
    person, borough = mandate.person, mandate.borough
    words = (
        f"{person.name} {person.given_name} {mandate.district} {mandate.get_office_display()} "
        f"{f'{borough.name_fr} {borough.name_en}' if borough else ''} {_party_of(mandate)}"
    )
    found = folded(words)
    return all(word in found for word in folded(text).split())


def _party_of(mandate: Mandate) -> str:
    # SECURITY: a party that is not published is neither shown nor found.
    return mandate.party if mandate.is_party_published else ""


def _is_of_party(mandate: Mandate, text: str) -> bool:
    if text == NO_PARTY:
        return mandate.is_party_published and not mandate.party
    return _party_of(mandate) == text


_FILTERS = {
    "q": _has_words,
    "borough": lambda mandate, text: mandate.borough is not None and str(mandate.borough.uuid) == text,
    "office": lambda mandate, text: mandate.office == text,
    "party": _is_of_party,
}


@dataclass(frozen=True)
class MandatePart:
    """What the page of an elected official shows of their mandates, in `directory/_mandate.html`."""

    current: Mandate | None
    former: list[Mandate]
    delegations: list[Charge]
    commissions: list[Charge]
    cabinet_people: list[Person]
    has_more_cabinet: bool
    citizens_phone_link: str
    can_change: bool
    can_begin: bool


def mandate_of(reader: Any, person: Person) -> MandatePart | None:
    """The mandates of `person` as `reader` sees them; None for somebody who has none and is not elected."""
    mandates = list(Mandate.objects.visible_to(reader).for_page(person))
    can_begin = bool(person.is_elected and reader.is_staff)
    if not mandates and not can_begin:
        return None
    today = timezone.localdate()
    current = next((one for one in mandates if one.starts <= today and (one.ends is None or today <= one.ends)), None)
    charges: list[Charge] = list(current.charges.all()) if current else []
    cabinet: list[Person] = []
    if current and current.cabinet_id:
        found = Person.objects.visible_to(reader).filter(unit_id=current.cabinet_id).with_unit().in_name_order()
        cabinet = list(found[: CABINET + 1])
    return MandatePart(
        current=current,
        former=[one for one in mandates if one != current],
        delegations=[one for one in charges if one.kind == Charge.Kind.DELEGATION],
        commissions=[one for one in charges if one.kind == Charge.Kind.COMMISSION],
        cabinet_people=cabinet[:CABINET],
        has_more_cabinet=len(cabinet) > CABINET,
        citizens_phone_link=dialled(current.citizens_phone) if current else "",
        can_change=bool(current and ask(reader, "directory.change_mandate", current)),
        can_begin=can_begin,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit_mandate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a mandate and its charges."""
    found = Mandate.objects.visible_to(request.user).select_related("person", "borough", "cabinet")
    mandate = get_object_or_404(found, uuid=uuid)
    require(request.user, "directory.change_mandate", mandate)
    return _mandate_page(request, mandate.person, mandate)


@require_http_methods(["GET", "HEAD", "POST"])
def new_mandate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the person with that uuid was elected to. For administrators."""
    person = get_object_or_404(Person.objects.visible_to(request.user), uuid=uuid)
    require(request.user, "directory.change_mandate", Mandate(person=person))
    return _mandate_page(request, person, None)


def _mandate_page(request: HttpRequest, person: Person, mandate: Mandate | None) -> HttpResponse:
    """The form for a mandate, or for a new one."""
    data = request.POST or None
    form = MandateForm(data, actor=request.user, mandate=mandate)
    charges = charge_forms(data, list(mandate.charges.order_by("pk")) if mandate else [])
    if request.method == "POST" and form.is_valid() and charges.is_valid():
        written = {**form.cleaned_data, "charges": charges_in(charges)}
        try:
            if mandate:
                actions.change_mandate(mandate, actor=request.user, **written)
            else:
                actions.begin_mandate(person, actor=request.user, **written)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("The mandate was saved."))
            return redirect(person)
    has_errors = bool(form.errors or (data and charges.total_error_count()))
    context = {"person": person, "mandate": mandate, "form": form, "charges": charges}
    return render(request, "directory/mandate_edit.html", context, status=422 if has_errors else 200)
