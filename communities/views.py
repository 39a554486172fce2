"""Pages of communities: find, join, discuss."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.models import Person
from directory.querysets import folded
from foundation.activity.actions import mark_content_read
from foundation.activity.models import Follow
from foundation.audiences.policies import ask, require
from foundation.audiences.principals import EVERYONE
from foundation.content import actions as content_actions
from foundation.content.cursors import decode, page_of
from foundation.discussion.models import Comment
from foundation.discussion.threads import thread_of
from foundation.files.actions import attach
from foundation.spaces import actions as space_actions
from foundation.spaces.kinds import tabs_of
from foundation.spaces.models import Membership, Role, Space
from foundation.spaces.querysets import my_space_ids, readable_space_ids

from . import actions
from .forms import CommunityForm, MemberForm, TopicForm
from .models import Topic

PAGE = 20
MEMBERS_PAGE = 60
# Beyond this many, one searches by name.
COMMUNITIES = 300


def _space(request: HttpRequest, slug: str) -> Space:
    """The space, resolved before any content query: 404 costs nothing for who may not know of it."""
    return get_object_or_404(Space.objects.visible_to(request.user).with_topics(), slug=slug)


def _topic(request: HttpRequest, slug: str, uuid: UUID) -> Topic:
    found = Topic.objects.visible_to(request.user).with_row()
    return get_object_or_404(found, space__slug=slug, uuid=uuid)


def _of_space(request: HttpRequest, space: Space, current: str) -> dict[str, Any]:
    """What every page of a space shows: tabs, and what I may do."""
    tabs = [
        {"label": tab.label, "url": tab.url(space), "is_current": tab.key == current}
        for tab in tabs_of(space, request.user)
    ]
    return {
        "space": space,
        "tabs": tabs,
        "can_join": ask(request.user, "spaces.join", space),
        "can_start": ask(request.user, "communities.start_topic", space),
    }


@require_safe
def communities(request: HttpRequest) -> HttpResponse:
    """All communities I may know of, mine first."""
    words = " ".join(request.GET.get("q", "").split())[:100]
    found = Space.objects.visible_to(request.user).communities().with_member_count()
    found = found.matching(words).in_name_order(get_language() or "fr")
    mine = set(my_space_ids(request.user))
    # As people read them: É beside E, whatever the database's collation.
    rows = sorted(found[:COMMUNITIES], key=lambda one: folded(one.name))
    context = {
        "q": words,
        "is_cut": len(rows) == COMMUNITIES,
        "mine": [one for one in rows if one.pk in mine],
        "others": [one for one in rows if one.pk not in mine],
    }
    return render(request, "communities/communities.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_community(request: HttpRequest) -> HttpResponse:
    """Create a community."""
    require(request.user, "communities.create", None)
    form = CommunityForm(request.POST or None, author=request.user)
    if request.method == "POST" and form.is_valid():
        space = actions.create_community(actor=request.user, **form.cleaned_data)
        messages.success(request, _("Your community is open. Start a first topic to welcome people."))
        return redirect(space)
    return render(request, "communities/new_community.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def community(request: HttpRequest, slug: str) -> HttpResponse:
    """The topics of a community, the liveliest first."""
    space = _space(request, slug)
    rows = Topic.objects.in_space(space).visible_to(request.user).published().for_rows()
    page = page_of(rows.before(decode(request.GET.get("before"))).newest_first(), PAGE)
    replies = Comment.objects.counts(topic.pk for topic in page.items)
    for topic in page.items:
        topic.space, topic.reply_count = space, replies.get(topic.pk, 0)
    context = {
        **_of_space(request, space, "topics"),
        "page": page,
        "hosts": _members(request, space).filter(role__gte=Role.EDITOR)[:6],
        "member_count": Membership.objects.people_count(space) if space.pk in readable_space_ids(request.user) else 0,
        "is_member": space.pk in my_space_ids(request.user),
    }
    return render(request, "communities/community.html", context)


def _members(request: HttpRequest, space: Space) -> Any:
    found = Membership.objects.visible_to(request.user).filter(space=space).of_people()
    return found.for_rows().order_by("-role", "person__search_name", "pk")


@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who takes part, hosts first."""
    return _members_page(request, _space(request, slug), MemberForm())


def _members_page(request: HttpRequest, space: Space, form: MemberForm, status: int = 200) -> HttpResponse:
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 7 else 0
    rows = list(_members(request, space)[start : start + MEMBERS_PAGE + 1])
    context = {
        **_of_space(request, space, "members"),
        "rows": rows[:MEMBERS_PAGE],
        "next_url": f"?after={start + MEMBERS_PAGE}" if len(rows) > MEMBERS_PAGE else "",
        "can_manage": ask(request.user, "spaces.manage", space),
        "form": form,
    }
    return render(request, "communities/members.html", context, status=status)


@require_POST
def add_member(request: HttpRequest, slug: str) -> HttpResponse:
    """Welcome someone, or change their role."""
    space = _space(request, slug)
    require(request.user, "spaces.manage", space)
    form = MemberForm(request.POST)
    if form.is_valid():
        # SECURITY: an address that several people share welcomes none of them.
        known = Person.objects.visible_to(request.user).known_as(form.cleaned_data["person"])[:2]
        if len(known) == 1:
            [person] = known
            space_actions.add_member(space, person, form.cleaned_data["role"], actor=request.user)
            messages.success(request, _("%(name)s is now a member.") % {"name": person.name})
            return redirect("communities:members", slug=slug)
        form.add_error("person", _("Nobody has this user name or address, or several people share it."))
    return _members_page(request, space, form, status=422)


@require_POST
def remove_member(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Take someone out; what they wrote stays."""
    space = _space(request, slug)
    person = get_object_or_404(Person.objects.visible_to(request.user), uuid=uuid)
    space_actions.remove_member(space, person, actor=request.user)
    messages.success(request, _("%(name)s is no longer a member.") % {"name": person.name})
    return redirect("communities:members", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Names, description, and who takes part."""
    space = _space(request, slug)
    require(request.user, "spaces.manage", space)
    fields = ("name_fr", "name_en", "description_fr", "description_en")
    shown_to = space.audience.principals if space.audience else frozenset()
    initial = {**{name: getattr(space, name) for name in (*fields, "access")}, "visible_for": shown_to}
    form = CommunityForm(request.POST or None, initial=initial, author=request.user)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in fields}
        space_actions.describe(space, actor=request.user, **words)
        access, visible_for = form.cleaned_data["access"], form.cleaned_data["visible_for"]
        # SECURITY: nothing chosen opens a community to the city, never the council's space.
        visible_for = visible_for or ({EVERYONE} if space.kind == Space.Kind.COMMUNITY else shown_to)
        if access != space.access or visible_for != shown_to:
            actions.open_to(space, access, visible_for, actor=request.user)
        messages.success(request, _("The community was changed."))
        return redirect(space)
    context = {**_of_space(request, space, "settings"), "form": form}
    return render(request, "communities/settings.html", context, status=422 if form.errors else 200)


@require_POST
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Become a member."""
    space = _space(request, slug)
    space_actions.join(space, actor=request.user)
    messages.success(request, _("Welcome to %(space)s.") % {"space": space.name})
    return redirect(space)


@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Stop being a member."""
    space = _space(request, slug)
    space_actions.leave(space, actor=request.user)
    messages.success(request, _("You have left %(space)s. You may come back.") % {"space": space.name})
    return redirect("communities:communities")


@require_safe
def topic(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """A topic and its replies. Opening it reads what I was told about it."""
    found = _topic(request, slug, uuid)
    news = {one["comment"] for one in mark_content_read(found, actor=request.user) if "comment" in one}
    context = {
        "topic": found,
        "space": found.space,
        "thread": thread_of(
            found, request.user, news=news, whole="all" in request.GET, reply=request.GET.get("reply", "")
        ),
        "attachments": found.attachments.of_page(found),
        "is_followed": Follow.objects.is_followed(found, request.user),
        "can_change": ask(request.user, "content.change", found),
        "can_join": ask(request.user, "spaces.join", found.space),
    }
    return render(request, "communities/topic.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a topic, with files if need be."""
    space = _space(request, slug)
    require(request.user, "communities.start_topic", space)
    form = TopicForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        started = actions.start_topic(space, actor=request.user, **form.cleaned_data)
        for upload in request.FILES.getlist("files"):
            try:
                attach(started, upload, actor=request.user)
            except ValidationError as error:
                messages.error(request, f"{upload.name}\u00a0: {' '.join(error.messages)}")
        return redirect(started)
    context = {**_of_space(request, space, "topics"), "form": form}
    return render(request, "communities/topic_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_topic(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Change a topic."""
    found = _topic(request, slug, uuid)
    require(request.user, "content.change", found)
    initial = {"title": found.title, "body": found.body, "language": found.language}
    form = TopicForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.edit_topic(
            found,
            form.cleaned_data["title"],
            form.cleaned_data["body"],
            language=form.cleaned_data["language"],
            actor=request.user,
        )
        return redirect(found)
    context = {**_of_space(request, found.space, "topics"), "form": form, "topic": found}
    return render(request, "communities/topic_form.html", context, status=422 if form.errors else 200)


@require_POST
def trash_topic(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Put a topic in the trash, from where it can be restored."""
    found = _topic(request, slug, uuid)
    content_actions.trash(found, actor=request.user)
    messages.success(request, _("“%(title)s” is in the trash: you may restore it below.") % {"title": found.title})
    return redirect("communities:trash", slug=slug)


@require_safe
def trash(request: HttpRequest, slug: str) -> HttpResponse:
    """What I may restore in this community."""
    space = _space(request, slug)
    rows = Topic.objects.in_space(space).trashed_for(request.user).with_row().newest_first()
    return render(request, "communities/trash.html", {**_of_space(request, space, "topics"), "rows": rows[:100]})


@require_POST
def restore_topic(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Take a topic out of the trash."""
    found = get_object_or_404(Topic.objects.trashed_for(request.user).with_row(), space__slug=slug, uuid=uuid)
    content_actions.restore(found, actor=request.user)
    return redirect(found)
