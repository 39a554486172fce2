"""What one answers for: contents, spaces and groups; and passing them on."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.audiences.policies import Refused
from foundation.content.actions import owned_by
from foundation.content.cursors import decode, page_of
from foundation.content.kinds import kind_of, kinds
from foundation.content.models import Content, State
from foundation.spaces.models import Role, Space

from .. import actions
from ..forms import PassOnForm
from ..models import Group, HandoverItem
from ..querysets import folded

PAGE = 20


def _contents(request: HttpRequest) -> Any:
    owned = Content.objects.filter(owner_id=request.user.pk).visible_to(request.user)
    return owned.exclude(state=State.TRASHED).exclude(space__kind=Space.Kind.PERSONAL)


def _spaces(request: HttpRequest) -> Any:
    mine = Space.objects.of_member(request.user).exclude(kind=Space.Kind.PERSONAL)
    return mine.filter(memberships__person=request.user.pk, memberships__role=Role.OWNER)


def _groups(request: HttpRequest) -> Any:
    mine = Group.objects.visible_to(request.user).kept_by(request.user).active()
    return mine.exclude(source=Group.Source.LDAP)


@require_safe
def responsibilities(request: HttpRequest) -> HttpResponse:
    """Groups and spaces, then contents, the newest first, of one kind if asked."""
    chosen = request.GET.get("kind", "")
    contents = _contents(request)
    own_kinds = set(contents.order_by().values_list("kind", flat=True).distinct())
    narrowed = contents.of_kind(chosen) if chosen in own_kinds else contents
    before = decode(request.GET.get("before"))
    page = page_of(narrowed.with_card().before(before).newest_first(), PAGE)
    spaces = sorted(_spaces(request), key=lambda one: folded(one.name))
    groups = sorted(_groups(request), key=lambda one: folded(one.name))
    received = HandoverItem.objects.visible_to(request.user).about(
        [one.pk for one in page.items], [one.pk for one in spaces], [one.pk for one in groups]
    )
    origins = {(one.content_id, one.space_id, one.group_id): one.handover for one in received}
    rows = [(one, kind_of(one), origins.get((one.pk, None, None))) for one in page.items]
    context = {
        "contents": rows,
        "next_url": f"?kind={chosen if chosen in own_kinds else ''}&before={page.next}" if page.next else "",
        "kind_tabs": _kind_tabs(own_kinds, chosen),
        "spaces": [(one, origins.get((None, one.pk, None))) for one in spaces],
        "groups": [(one, origins.get((None, None, one.pk))) for one in groups],
        "unseen": 0 if before else owned_by([request.user.pk]).count() - contents.count(),
    }
    return render(request, "directory/responsibilities.html", context)


def _kind_tabs(own_kinds: set[str], chosen: str) -> list[dict[str, Any]]:
    """One for each kind, where there are several."""
    if len(own_kinds) < 2:
        return []
    tabs = [{"label": _("All kinds"), "url": "?", "is_current": chosen not in own_kinds}]
    theirs = [one for one in kinds() if one.key in own_kinds]
    return tabs + [{"label": one.label, "url": f"?kind={one.key}", "is_current": one.key == chosen} for one in theirs]


def _thing(request: HttpRequest, what: str, uuid: UUID) -> Any:
    """What is to be passed on; 404 for what one does not answer for."""
    found = {"content": _contents, "space": _spaces, "group": _groups}.get(what)
    if found is None:
        raise Http404
    mine = found(request)
    return get_object_or_404(mine.with_card() if what == "content" else mine, uuid=uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def pass_on(request: HttpRequest, what: str, uuid: UUID) -> HttpResponse:
    """Choose who takes over."""
    thing = _thing(request, what, uuid)
    title = thing.display_title if what == "content" else thing.name
    form = PassOnForm(request.POST or None, reader=request.user)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["person"]
        try:
            actions.pass_on(thing, to, actor=request.user)
        except ValidationError as error:
            form.add_error("person", error.messages)
        except Refused as refusal:
            # Of the person chosen, not of the one who asks: another one may do.
            form.add_error("person", str(refusal.reason))
        else:
            values = {"name": to.name, "title": title}
            messages.success(request, _("%(name)s now answers for “%(title)s”, and may pass it back.") % values)
            return redirect("directory:responsibilities")
    context = {"form": form, "thing": thing, "title": title, "what": what}
    return render(request, "directory/pass_on.html", context, status=422 if form.errors else 200)
