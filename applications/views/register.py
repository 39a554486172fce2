"""The register of applications, for those who keep it: the list, an entry, the trash."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.querysets import folded
from foundation.audiences.policies import Denied, Refused, require
from foundation.content.actions import restore, trash
from foundation.ui import sheets
from foundation.ui.pairs import reading_language

from .. import actions
from ..actions.applications import WRITTEN, addressed_to, addressees
from ..conflicts import Conflict, stamp_of
from ..forms import ApplicationForm, initial_of
from ..models import Application, Stage, Status
from ..policies.applications import spaces_for

PAGE = 50
# SECURITY: what one reading of the list may cost.
MOST = 3000
SORTS = {
    "name": gettext_lazy("Name"),
    "changed": gettext_lazy("Last change"),
    "stage": gettext_lazy("Stage"),
    "owner": gettext_lazy("Owner"),
}
FIELD_NAMES = {"title": "title_fr", "title_translated": "title_en"}


# -- the list -------------------------------------------------------------------------------------------------------


def _filters(request: HttpRequest) -> dict[str, str]:
    """What the list is narrowed by; what is no choice of a filter narrows nothing."""
    choices = {"stage": Stage.values, "category": Application.Category.values, "status": Status.values}
    given = {name: request.GET.get(name, "") for name in choices}
    found = {name: value for name, value in given.items() if value in choices[name]}
    q = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    owner = request.GET.get("owner", "")
    if q:
        found["q"] = q
    if owner.isascii() and len(owner) == 36:
        found["owner"] = owner
    if request.GET.get("sort") in SORTS:
        found["sort"] = request.GET["sort"]
    return found


def _rows(request: HttpRequest, filters: dict[str, str]) -> tuple[list[Application], list[Application]]:
    """The applications one keeps, narrowed and sorted; and all of them, for the choices. One query: a register is some
    hundreds of entries, and is sorted as the reader's language sorts, which the database does not."""
    kept = Application.objects.visible_to(request.user).kept_by(request.user).with_register_row()
    everything = list(kept[:MOST])
    found = everything
    if "q" in filters:
        matching = Application.objects.visible_to(request.user).kept_by(request.user).matching(filters["q"])
        wanted = set(matching.values_list("pk", flat=True))
        found = [one for one in found if one.pk in wanted]
    for name in ("stage", "category", "status"):
        if name in filters:
            found = [one for one in found if getattr(one, name) == filters[name]]
    if "owner" in filters:
        found = [one for one in found if str(one.owner.uuid) == filters["owner"]]
    return _sorted(found, filters.get("sort", "name")), everything


def _sorted(rows: Iterable[Application], by: str) -> list[Application]:
    named = sorted(rows, key=lambda one: (folded(one.display_title), one.pk))
    if by == "changed":
        return sorted(named, key=lambda one: one.updated, reverse=True)
    if by == "stage":
        return sorted(named, key=lambda one: Stage.values.index(one.stage))
    if by == "owner":
        return sorted(named, key=lambda one: one.owner.search_name)
    return named


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The applications I keep."""
    require(request.user, "applications.keep_register", None)
    filters = _filters(request)
    rows, everything = _rows(request, filters)
    after = request.GET.get("after", "")
    first = int(after) if after.isascii() and after.isdecimal() and len(after) < 6 else 0
    address, given = reverse("applications:register"), urlencode(filters)
    owners = {one.owner.uuid: one.owner for one in everything}
    context = {
        "rows": rows[first : first + PAGE],
        "total": len(rows),
        "filters": filters,
        "is_narrowed": bool(filters.keys() - {"sort"}),
        "more": f"{address}?{urlencode({**filters, 'after': first + PAGE})}" if len(rows) > first + PAGE else "",
        "export": f"{reverse('applications:export_register')}?{given}"
        if given
        else reverse("applications:export_register"),
        "sort": filters.get("sort", "name"),
        "sorts": [(key, label, f"{address}?{urlencode({**filters, 'sort': key})}") for key, label in SORTS.items()],
        "stages": Stage.choices,
        "categories": Application.Category.choices,
        "statuses": Status.choices,
        "owners": sorted(owners.values(), key=lambda one: one.search_name),
        "can_add": spaces_for(request.user).exists(),
    }
    return render(request, "applications/register/register.html", context)


COLUMNS: tuple[Any, ...] = (
    gettext_lazy("Name in French"),
    gettext_lazy("Name in English"),
    gettext_lazy("Category"),
    gettext_lazy("Stage"),
    gettext_lazy("Status"),
    gettext_lazy("Access"),
    gettext_lazy("Owner"),
    gettext_lazy("E-mail address of the owner"),
    gettext_lazy("Web address"),
    gettext_lazy("Notes link"),
    gettext_lazy("Address of the program"),
    gettext_lazy("Telephone"),
    gettext_lazy("Name of support"),
    gettext_lazy("E-mail address of support"),
    gettext_lazy("Telephone of support"),
    pgettext_lazy("audience", "Narrowed"),
    gettext_lazy("In service from"),
    gettext_lazy("Retires on"),
    gettext_lazy("Last change"),
    gettext_lazy("Address in the portal"),
)


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as a file of separated values."""
    require(request.user, "applications.keep_register", None)
    rows, _all = _rows(request, _filters(request))
    base = request.build_absolute_uri("/").rstrip("/")
    response = StreamingHttpResponse(_lines(rows, base), content_type="text/csv; charset=utf-8")
    # Translators: the name of a file, in plain letters.
    response.headers["Content-Disposition"] = f'attachment; filename="{_("register-of-applications")}.csv"'
    return response


def _lines(rows: list[Application], base: str) -> Iterator[str]:
    line = sheets.line_writer(reading_language())
    yield sheets.MARK + line(str(one) for one in COLUMNS)
    for one in rows:
        values = (
            *(one.title, one.title_translated, one.get_category_display(), one.get_stage_display()),
            *(one.get_status_display(), one.get_entry_display(), one.owner.name, one.owner.email),
            *(one.address, one.notes_link, one.desktop_address, one.phone),
            *(one.support_name, one.support_email, one.support_phone, _("yes") if one.audience_id else _("no")),
            *(_iso(one.service_from), _iso(one.retires_on), _iso(one.updated), f"{base}{one.get_absolute_url()}"),
        )
        yield line(sheets.guarded(str(value)) for value in values)


def _iso(moment: Any) -> str:
    return moment.isoformat()[:16].replace("T", " ") if moment else ""


# -- one entry --------------------------------------------------------------------------------------------------------


def kept(request: HttpRequest, uuid: UUID) -> Application:
    """An application one sees (404 otherwise) and keeps (403 with the reason otherwise)."""
    rows = Application.objects.visible_to(request.user).with_register_row().select_related("approver", "successor")
    found = get_object_or_404(rows, uuid=uuid)
    require(request.user, "applications.keep", found)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def new_application(request: HttpRequest) -> HttpResponse:
    """Add an application to the register."""
    spaces = list(spaces_for(request.user).select_related("audience").order_by("name_fr", "pk"))
    if not spaces:
        raise Refused(Denied(_("Only the editors of a register add applications to it.")))
    form = ApplicationForm(request.POST or None, author=request.user, spaces=spaces_for(request.user))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.add_application(
                data["space"],
                actor=request.user,
                audience=addressed_to(data["audience"], data["space"]),
                uuid=data["sending_key"],
                **form.values(),
            )
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("“%(title)s” is in the register.") % {"title": made.display_title})
            return redirect(made)
    return _form_page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change what the register says of an application. Who saves second is told, with what the other wrote beside."""
    shown = kept(request, uuid)
    initial = {**initial_of(shown, addressees(shown.audience)), "based_on": stamp_of(shown, WRITTEN)}
    form = ApplicationForm(request.POST or None, author=request.user, application=shown, initial=initial)
    theirs: Application | None = None
    if request.method == "POST" and form.is_valid():
        changes = {**form.values(), "audience": addressed_to(form.cleaned_data["audience"], shown.space)}
        if form.cleaned_data["audience"] == addressees(shown.audience):
            # As it was written, whoever wrote it.
            changes["audience"] = shown.audience
        try:
            actions.change_application(
                shown, changes, actor=request.user, based_on=form.cleaned_data["based_on"] or "?"
            )
        except Conflict as conflict:
            form.add_error(None, conflict)
            theirs = conflict.theirs
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("What the register says was changed."))
            return redirect(shown)
    return _form_page(request, form, shown, theirs)


def _form_page(
    request: HttpRequest, form: ApplicationForm, shown: Application | None = None, theirs: Application | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "application": shown}
    if theirs is not None:
        context |= {"based_on": stamp_of(theirs, WRITTEN), "differences": _differences(form, theirs)}
    return render(request, "applications/register/application_form.html", context, status=422 if form.errors else 200)


def _differences(form: ApplicationForm, theirs: Application) -> list[dict[str, Any]]:
    """What is written now and what was typed, field by field, where they differ."""
    saved = initial_of(theirs, addressees(theirs.audience))
    found = []
    for name, value in saved.items():
        typed = form.cleaned_data.get(name)
        if typed != value and (typed or value):
            field = form[name]
            found.append(
                {"label": field.label, "id": field.id_for_label or field.auto_id, **_shown(name, value, theirs)}
            )
    return found


def _shown(name: str, value: Any, theirs: Application) -> dict[str, Any]:
    if name == "audience":
        return {"theirs": _("another audience")}
    display = getattr(theirs, f"get_{name}_display", None)
    if isinstance(value, bool):
        return {"theirs": _("yes") if value else _("no")}
    return {"theirs": display() if display else getattr(value, "name", value) or "—"}


def blame(form: Any, error: ValidationError) -> None:
    """Put what the action found beside the fields."""
    for name, told in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
        field = FIELD_NAMES.get(name, name)
        form.add_error(field if field in form.fields else None, told)


# -- the trash --------------------------------------------------------------------------------------------------------


@require_safe
def trashed(request: HttpRequest) -> HttpResponse:
    """What was taken out of the register and can come back."""
    require(request.user, "applications.keep_register", None)
    rows = Application.objects.trashed_for(request.user).with_register_row().newest_first()[:MOST]
    return render(request, "applications/register/trash.html", {"rows": rows})


@require_POST
def trash_application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an application out of the register; it can be restored."""
    found = get_object_or_404(Application.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    trash(found, actor=request.user)
    messages.success(request, _("“%(title)s” is in the trash of the register.") % {"title": found.display_title})
    return redirect("applications:trash")


@require_POST
def restore_application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put it back, as it was."""
    found = get_object_or_404(Application.objects.trashed_for(request.user).select_related("space"), uuid=uuid)
    restore(found, actor=request.user)
    messages.success(request, _("“%(title)s” is back in the register.") % {"title": found.display_title})
    return redirect(found)
