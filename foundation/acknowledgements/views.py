"""What I must acknowledge and did, the register of one content, and the pending ones of my team."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.audiences.policies import ask, require
from foundation.content.cursors import decode, page_of
from foundation.content.models import Content
from foundation.ui.navigation import stand_at

from . import actions
from .bars import bar_of, pending_for
from .models import Request, Target
from .registers import STATES, figures_of, rows_of, state_label, versions_of
from .teams import stood_in_pending, team_pending

PAGE = 30
PENDING = 200
TYPES = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}


def _content(request: HttpRequest, uuid: UUID) -> Content:
    """SECURITY: 404 for what one may not see."""
    return get_object_or_404(Content.objects.visible_to(request.user).select_related("space"), uuid=uuid)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for me, then what I acknowledged, newest first."""
    cursor = decode(request.GET.get("before"))
    done = Target.objects.of(request.user).acknowledged().with_content()
    page = page_of(done.before(cursor).newest_first(), PAGE, by="since")
    pending = [] if cursor else pending_for(request.user, PENDING)
    context = {"pending": pending, "page": page, "is_first": cursor is None}
    return render(request, "acknowledgements/mine.html", context)


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """The pending ones of my direct reports, and of those I stand in for, about what I see myself."""
    context = {"team": team_pending(request.user), "stood_in": stood_in_pending(request.user)}
    return render(request, "acknowledgements/team.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The form of the bar. With htmx the bar comes back as it now is; without, the content does."""
    content = _content(request, uuid)
    if request.method != "POST":
        return redirect(content.get_absolute_url())
    language, version = request.POST.get("language", ""), request.POST.get("version", "")
    error = ""
    try:
        actions.acknowledge(
            content,
            actor=request.user,
            language=language,
            version=int(version) if version.isdecimal() and len(version) < 6 else 0,
        )
    except ValidationError as refusal:
        error = " ".join(refusal.messages)
    if not request.htmx:
        if error:
            messages.error(request, error)
        else:
            messages.success(request, _("Your acknowledgement is on record."))
        return redirect(content.get_absolute_url())
    bar = bar_of(content, request.user, language or get_language() or "fr")
    context = {"bar": bar, "error": error, "has_changed": bool(error), "swapped": True}
    return render(request, "acknowledgements/_bar.html", context, status=422 if error else 200)


def _register(request: HttpRequest, uuid: UUID) -> tuple[Content, Request]:
    """SECURITY: 404 for what one may not see, 403 with the reason for whose register one may not read."""
    content = _content(request, uuid)
    require(request.user, "acknowledgements.read_register", content)
    found = Request.objects.visible_to(request.user).on(content).select_related("asked_by", "current").latest_first()
    chosen = found.first()
    if chosen is None:
        raise Http404
    chosen.content = content
    return content, chosen


@require_safe
def register(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Figures, figures by unit, versions, and who acknowledged what, when."""
    content, found = _register(request, uuid)
    state, unit = request.GET.get("state", ""), request.GET.get("unit", "")[:40]
    state = state if state in STATES else ""
    rows = rows_of(found, state=state, unit=unit, cursor=request.GET.get("after", ""), limit=PAGE)
    given = {name: value for name, value in (("state", state), ("unit", unit)) if value}
    more = f"?{urlencode({**given, 'after': rows.next})}" if rows.next else ""
    context: dict[str, Any] = {"content": content, "found": found, "rows": rows.items, "more": more}
    if request.htmx and request.GET.get("after"):
        return render(request, "acknowledgements/register.html", context)
    stand_at(request, content.get_absolute_url())
    figures, units = figures_of(found)
    chosen = next((one.group for one in units if one.group.key == unit), None)
    counts = {"": figures.total, **{one: getattr(figures, one) for one in STATES}}
    context |= {
        "steps": [
            {"label": content.space.name, "url": content.space.get_absolute_url()},
            {"label": content.display_title, "url": content.get_absolute_url()},
            {"label": _("Register")},
        ],
        "figures": figures,
        "units": units,
        "unit": chosen,
        "versions": versions_of(found),
        "can_manage": bool(ask(request.user, "acknowledgements.manage", content)) and not found.closed,
        "tabs": [
            {
                "label": state_label(one) if one else _("All"),
                "url": f"?{urlencode({name: value for name, value in (('state', one), ('unit', unit)) if value})}",
                "is_current": state == one,
                "count": None if chosen else counts[one],
            }
            for one in ("", "pending", "overdue", "done", "left")
        ],
    }
    return render(request, "acknowledgements/register.html", context)


@require_safe
def export(request: HttpRequest, uuid: UUID, form: str) -> StreamingHttpResponse:
    """The register as a file, sent while it is made."""
    if form not in TYPES:
        raise Http404
    _content_of, found = _register(request, uuid)
    response = StreamingHttpResponse(actions.export_register(found, form, actor=request.user), content_type=TYPES[form])
    # Translators: the name of a file, in plain letters.
    name = _("register-of-acknowledgements")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


@require_POST
def remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Remind everyone pending, now."""
    content = _content(request, uuid)
    try:
        count = actions.remind_now(content, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        text = ngettext("%(count)s person is being reminded.", "%(count)s people are being reminded.", count)
        messages.success(request, text % {"count": count})
    return redirect("acknowledgements:register", uuid=uuid)


@require_POST
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """No longer ask; the register stays."""
    content = _content(request, uuid)
    try:
        actions.close(content, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Acknowledgements are no longer asked for. The register stays."))
    return redirect("acknowledgements:register", uuid=uuid)
