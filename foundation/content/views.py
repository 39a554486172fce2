"""Sharing any content: who sees it, sharing it, taking a share back; and the shares of a whole space."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.audiences.policies import ask, require
from foundation.spaces.kinds import tabs_of
from foundation.spaces.models import Space
from foundation.spaces.querysets import readable_space_ids
from foundation.ui.forms import blame
from foundation.ui.navigation import stand_at

from . import actions
from .cursors import decode, page_of
from .forms import ShareForm, TermsForm
from .kinds import kind_of
from .models import Content, Share, State
from .querysets import SHOWN
from .sharing import Row, counted, listed, reached_by, roles_to_give, rows_of, who_sees

PAGE = 50
# Of one thing, those that are over and still shown.
OVER = 20


def _content(request: HttpRequest, uuid: UUID) -> Content:
    found = Content.objects.visible_to(request.user).select_related("space__audience", "audience", "author", "owner")
    return get_object_or_404(found, uuid=uuid)


def _share(request: HttpRequest, content: Content, uuid: UUID) -> Share:
    found = get_object_or_404(Share.objects.on(content).visible_to(request.user).with_row(), uuid=uuid)
    found.content = content
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who sees a thing and whom it is shared with; sharing it, for those who may.

    `?change=`: one share is changed in place of adding another. `?withdrawn=`: the one just taken back, to be undone.
    """
    content = _content(request, uuid)
    if request.method == "POST":
        require(request.user, "content.share", content)
    may_share = bool(ask(request.user, "content.share", content))
    form = None
    if may_share:
        form = ShareForm(_sent(request), content=content, reader=request.user, roles=_roles(content, request))
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            people = form.cleaned_data["people"]
            actions.share_with(content, [one.principal for one in people], actor=request.user, **form.terms)
        except ValidationError as error:
            blame(form, error)
        else:
            names = listed([one.label for one in people], len(people))
            messages.success(request, _said(content) % {"names": names})
            return redirect("content:sharing", uuid=uuid)
    return _page(request, content, form)


def _said(content: Content) -> str:
    """What is said to whoever has shared it."""
    if content.state in SHOWN:
        return _("Shared with %(names)s.")
    return _("Shared with %(names)s. They will be told once it is published.")


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _roles(content: Content, request: HttpRequest) -> Any:
    # An author who became a mere reader of the space may still let others read.
    return roles_to_give(content, request.user) or kind_of(content).share_roles[:1]


def _page(request: HttpRequest, content: Content, form: Any, changed: Row | None = None) -> HttpResponse:
    stand_at(request, content.get_absolute_url())
    may_share = bool(ask(request.user, "content.share", content))
    shares = Share.objects.on(content).visible_to(request.user).with_row().newest_first()
    held = list(shares.active())
    # What was is for those who share; the others read what is.
    over = list(shares.over()[:OVER]) if may_share else []
    for one in (*held, *over):
        one.content = content
    rows = counted(rows_of([*held, *over], request.user))
    context = {
        "content": content,
        "kind": kind_of(content),
        "lines": who_sees(content, request.user, is_shared=bool(held)),
        "rows": rows[: len(held)],
        "over": rows[len(held) :],
        "reached": reached_by(rows, request.user),
        "is_draft": content.state == State.DRAFT,
        "may_share": may_share,
        "form": form,
        "changed": changed,
        "withdrawn": next((row for row in rows if str(row.share.uuid) == request.GET.get("withdrawn")), None),
        "register_url": _register_url(content.space, request),
        "reads_space": content.space_id in readable_space_ids(request.user),
    }
    return render(request, "content/sharing.html", context, status=422 if form is not None and form.errors else 200)


def _register_url(space: Space, request: HttpRequest) -> str:
    return reverse("content:shares", args=[space.slug]) if ask(request.user, "spaces.edit", space) else ""


@require_http_methods(["GET", "HEAD", "POST"])
def change_share(request: HttpRequest, uuid: UUID, share: UUID) -> HttpResponse:
    """What a share allows, until when, and the word with it."""
    content = _content(request, uuid)
    require(request.user, "content.share", content)
    given = _share(request, content, share)
    [row] = rows_of([given], request.user)
    if given.ended or row.known is None:
        return redirect("content:sharing", uuid=uuid)
    form = TermsForm(_sent(request), roles=_roles(content, request), share=given)
    if request.method == "POST" and form.is_valid():
        actions.share(content, given.principal, actor=request.user, **form.terms)
        messages.success(request, _("The share with %(name)s was changed.") % {"name": row.label})
        return redirect("content:sharing", uuid=uuid)
    return _page(request, content, form, row)


@require_POST
def withdraw_share(request: HttpRequest, uuid: UUID, share: UUID) -> HttpResponse:
    """Take a share back. From the register of a space, one stays there."""
    content = _content(request, uuid)
    given = _share(request, content, share)
    actions.withdraw_share(given, actor=request.user)
    page = reverse("content:sharing", args=[uuid])
    if "register" in request.POST and ask(request.user, "spaces.edit", content.space):
        page = reverse("content:shares", args=[content.space.slug])
    return redirect(f"{page}?withdrawn={share}")


@require_POST
def restore_share(request: HttpRequest, uuid: UUID, share: UUID) -> HttpResponse:
    """Undo: give back what one has just taken back."""
    content = _content(request, uuid)
    given = _share(request, content, share)
    try:
        actions.restore_share(given, actor=request.user)
    except ValueError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("It is shared again, as before."))
    if "register" in request.POST and ask(request.user, "spaces.edit", content.space):
        return redirect("content:shares", slug=content.space.slug)
    return redirect("content:sharing", uuid=uuid)


@require_safe
def shares(request: HttpRequest, slug: str) -> HttpResponse:
    """The register: what is shared out of a space, for those who look after it. `?over`: what was."""
    space = get_object_or_404(Space.objects.readable_by(request.user), slug=slug)
    require(request.user, "spaces.edit", space)
    stand_at(request, space.get_absolute_url())
    is_over = "over" in request.GET
    found = Share.objects.in_space(space).visible_to(request.user).with_row()
    found = found.over() if is_over else found.active()
    page = page_of(found.before(decode(request.GET.get("before"))).newest_first(), PAGE, by="created")
    context = {
        "space": space,
        "tabs": [
            {"label": tab.label, "url": tab.url(space), "is_current": tab.key == "shares"}
            for tab in tabs_of(space, request.user)
        ],
        "rows": counted(rows_of(page.items, request.user)),
        "is_over": is_over,
        "next_url": f"?{'over&' if is_over else ''}before={page.next}" if page.next else "",
        "withdrawn": _withdrawn(request, space),
    }
    return render(request, "content/shares.html", context)


def _withdrawn(request: HttpRequest, space: Space) -> Row | None:
    """The share just taken back, by the address."""
    try:
        key = UUID(request.GET.get("withdrawn", ""))
    except ValueError:
        return None
    found = Share.objects.in_space(space).visible_to(request.user).over().with_row().filter(uuid=key)
    return next(iter(rows_of(found, request.user)), None)
