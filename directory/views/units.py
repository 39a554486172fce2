"""Units: their tree, their pages, and what is put right about them."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.audiences.policies import ask, require

from .. import actions
from ..forms.units import VACANT, PositionForm, UnitForm
from ..leadership import NOBODY, leads_of
from ..models import Person, Position, Unit
from ..models.people import dialled
from ..trees import Node, in_order, lines_of, matching, tree_of

PEOPLE = 12
SITES = 8
FORMER = 10


@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """All units as a tree, or what leads to those whose name has every word of `q`."""
    q = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:100]
    tree = tree_of(request.user)
    context: dict[str, Any] = {"q": q, "found": set()}
    if q:
        roots, opened, context["found"] = matching(tree, q)
        count = len(context["found"])
        context["count"] = ngettext("%(count)d unit", "%(count)d units", count) % {"count": count}
        context["lines"] = lines_of(roots, opened=opened)
    else:
        context["lines"] = lines_of(tree.roots)
    return render(request, "directory/units.html", context)


def _unit(request: HttpRequest, uuid: UUID) -> Unit:
    return get_object_or_404(Unit.objects.visible_to(request.user), uuid=uuid)


def _path(request: HttpRequest, unit: Unit) -> list[dict[str, str]]:
    """The breadcrumb: every unit above, from the root."""
    above = Unit.objects.visible_to(request.user).leading_to(unit).exclude(pk=unit.pk)
    return [{"label": one.name, "url": one.get_absolute_url()} for one in above]


@require_safe
def unit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One unit: what it is for, who leads it, who is there, what is below, how to reach it."""
    shown = _unit(request, uuid)
    below, branch = _below(request, shown)
    people = Person.objects.visible_to(request.user).filter(unit=shown).for_rows().in_name_order()
    everybody = Person.objects.visible_to(request.user).filter(unit_id__in=branch)
    sites = everybody.exclude(site="").values("site").annotate(there=Count("pk")).order_by("-there", "site")
    seconds = Position.objects.visible_to(request.user).current().by_hand().filter(unit=shown, kind="member")
    undo = request.GET.get("undo", "")
    context = {
        "unit": shown,
        "path": _path(request, shown),
        "lead": below.lead,
        "children": below.children,
        "people": list(people[:PEOPLE]),
        "people_count": below.people,
        "total": below.total,
        "seconds": list(seconds.with_people().order_by("person__search_name")),
        "sites": list(sites[:SITES]),
        "phone_link": dialled(shown.phone),
        "people_query": urlencode({"unit": str(shown.uuid)}),
        "can_change": ask(request.user, "directory.change_unit", shown),
        "undo": undo if _is_uuid(undo) else "",
    }
    return render(request, "directory/unit.html", context)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _below(request: HttpRequest, shown: Unit) -> tuple[Node, list[int]]:
    """The unit with those directly below it, their heads and their counts; and the ids of the whole branch."""
    branch = Unit.objects.visible_to(request.user).under(shown)
    people = branch.people_per_unit()
    nodes = {one.pk: Node(one) for one in branch.for_tree()}
    for pk, count in people.items():
        for above in nodes[pk].unit.ancestor_ids:
            if above in nodes:
                nodes[above].total += count
    top = nodes[shown.pk]
    top.people = people.get(shown.pk, 0)
    top.children = in_order([one for one in nodes.values() if one.unit.parent_id == shown.pk and one.unit.is_active])
    leads = leads_of(request.user, [shown.pk, *(one.unit.pk for one in top.children)])
    for node in (top, *top.children):
        node.lead = leads.get(node.unit.pk, NOBODY)
    return top, list(nodes)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_unit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Mission and contacts; the names for administrators."""
    shown = _unit(request, uuid)
    require(request.user, "directory.change_unit", shown)
    can_rename = bool(ask(request.user, "directory.rename_unit", shown))
    form = UnitForm(request.POST or None, unit=shown, can_rename=can_rename)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        names = {name: values.pop(name) for name in ("name_fr", "name_en") if name in values}
        try:
            with transaction.atomic():
                change = actions.describe_unit(shown, actor=request.user, **values)
                if names:
                    actions.rename_unit(shown, actor=request.user, **names)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The unit was changed."))
            return redirect(shown.get_absolute_url() + (f"?undo={change}" if change else ""))
    context = {"unit": shown, "path": _path(request, shown), "form": form, "can_rename": can_rename}
    return render(request, "directory/unit_edit.html", context, status=422 if form.errors else 200)


@require_POST
def restore_name(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the unit the names of the City's directory back."""
    shown = _unit(request, uuid)
    actions.restore_unit_name(shown, actor=request.user)
    messages.success(request, _("The unit has its name in the City's directory again."))
    return redirect(shown)


@require_POST
def undo_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give back the mission and contacts from before the last change."""
    shown = _unit(request, uuid)
    change = request.POST.get("change", "")
    if _is_uuid(change) and actions.undo_description(shown, UUID(change), actor=request.user):
        messages.success(request, _("The unit is as it was before."))
    else:
        messages.error(request, _("This change can no longer be undone."))
    return redirect(shown)


@require_http_methods(["GET", "HEAD", "POST"])
def positions(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who leads, stands in or also works here: what LDAP says, what was entered, and a form to enter more."""
    shown = _unit(request, uuid)
    require(request.user, "directory.change_unit", shown)
    form = PositionForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            _enter(shown, form.cleaned_data, request.user)
        except ValidationError as error:
            # A message for a field the form shows stands there; any other on top.
            form.add_error(None, error)
        else:
            messages.success(request, _("The position was entered."))
            return redirect("directory:unit_positions", uuid=uuid)
    held = Position.objects.visible_to(request.user).filter(unit=shown).with_people().order_by("-starts", "-pk")
    today = timezone.localdate()
    by_hand = list(held.by_hand().recent())
    former = [one for one in by_hand if one.ends is not None and one.ends < today]
    context = {
        "unit": shown,
        "path": _path(request, shown),
        "from_ldap": list(held.current().heads().filter(source="ldap")),
        "open": [one for one in by_hand if one not in former],
        "former": former[:FORMER],
        "form": form,
    }
    return render(request, "directory/unit_positions.html", context, status=422 if form.errors else 200)


def _enter(shown: Unit, values: dict[str, Any], actor: Any) -> None:
    values = dict(values)
    kind, person = values.pop("kind"), values.pop("person")
    if kind == VACANT:
        actions.declare_vacancy(shown, actor=actor, starts=values["starts"], ends=values["ends"])
    elif kind == Position.Kind.HEAD:
        actions.name_head(shown, person, actor=actor, **values)
    elif kind == Position.Kind.ACTING_HEAD:
        actions.name_acting_head(shown, person, actor=actor, **values)
    else:
        actions.add_position(shown, person, actor=actor, **values)


def _position(request: HttpRequest, uuid: UUID, position: UUID) -> Position:
    found = Position.objects.visible_to(request.user).select_related("unit", "person")
    return get_object_or_404(found, unit__uuid=uuid, uuid=position)


@require_POST
def end_position(request: HttpRequest, uuid: UUID, position: UUID) -> HttpResponse:
    """It held until yesterday, or is withdrawn if it had not begun."""
    found = _position(request, uuid, position)
    try:
        has_held = actions.end_position(found, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        words = _("It ended yesterday. You may reopen it below.") if has_held else _("It was withdrawn.")
        messages.success(request, words)
    return redirect("directory:unit_positions", uuid=uuid)


@require_POST
def reopen_position(request: HttpRequest, uuid: UUID, position: UUID) -> HttpResponse:
    """It goes on, without a last day."""
    found = _position(request, uuid, position)
    try:
        actions.reopen_position(found, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("It goes on, without a last day."))
    return redirect("directory:unit_positions", uuid=uuid)
