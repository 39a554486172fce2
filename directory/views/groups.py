"""Groups: finding one, reading what it is for and whom it holds, keeping one's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.audiences.policies import ask, require

from .. import actions
from ..forms.audience_builder import AudienceBuilder
from ..forms.choices import person_named
from ..forms.groups import GroupForm, MembersForm, initial_of
from ..models import Group, Person
from ..rules import hides_people_from, sentence_of, why

PAGE = 30
MEMBERS = 60
CHANGES = 10
# People named in one line of the history.
NAMED = 12


def _group(request: HttpRequest, uuid: UUID) -> Group:
    return get_object_or_404(Group.objects.visible_to(request.user), uuid=uuid)


def _start(request: HttpRequest, name: str) -> int:
    """Where a list goes on; from the top for anything that is not a place in it."""
    after = request.GET.get(name, "")
    return int(after) if after.isdecimal() and len(after) < 7 else 0


@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """Those I keep, those I belong to, and the others that I may choose."""
    words = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:100]
    start = _start(request, "after")
    visible = Group.objects.visible_to(request.user).for_rows()
    kept = visible.kept_by(request.user).matching(words)
    mine = visible.active().with_member(request.user).exclude(pk__in=[one.pk for one in kept]).matching(words)
    theirs = {one.pk for one in [*kept, *mine]}
    others = [one for one in visible.active().matching(words) if one.pk not in theirs]
    page = others[start : start + PAGE]
    shown = [*kept, *mine, *page] if not start else page
    counts = Group.objects.visible_to(request.user).filter(pk__in=[one.pk for one in shown]).member_counts()
    for one in shown:
        one.people_count = counts.get(one.pk, 0)  # type: ignore[attr-defined]
    context = {
        "q": words,
        "kept": [] if start else kept,
        "mine": [] if start else mine,
        "others": page,
        "others_count": len(others),
        "next_url": f"?q={words}&after={start + PAGE}" if len(others) > start + PAGE else "",
        "can_create": ask(request.user, "directory.create_group", None),
    }
    return render(request, "directory/groups.html", context)


@require_safe
def group(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One group: its purpose, its rule in words, how many and, for those who may, who; and what changed."""
    return _page(request, _group(request, uuid), MembersForm(reader=request.user))


def _page(request: HttpRequest, found: Group, form: MembersForm, status: int = 200) -> HttpResponse:
    person = request.user
    may_see_members = bool(ask(person, "directory.see_group_members", found))
    start = _start(request, "after")
    context = {
        "group": found,
        "count": Group.objects.visible_to(person).filter(pk=found.pk).member_counts().get(found.pk, 0),
        "owners": found.owners.all().visible_to(person).with_unit().in_name_order(),
        "may_see_members": may_see_members,
        "can_change": ask(person, "directory.change_group", found),
        "can_change_members": ask(person, "directory.change_group_members", found),
        "changes": _changes(found, person, may_see_members),
        "form": form,
        **_rule_of(request, found, may_see_members),
    }
    if may_see_members:
        people = found.members.all().visible_to(person).for_rows().with_unit().in_name_order()
        members = list(people[start : start + MEMBERS + 1])
        context["members"] = members[:MEMBERS]
        context["next_url"] = f"?after={start + MEMBERS}" if len(members) > MEMBERS else ""
    return render(request, "directory/group.html", context, status=status)


def _rule_of(request: HttpRequest, found: Group, may_see_members: bool) -> dict[str, Any]:
    """The rule in words and, for those who read the members, what it says of the person they ask about."""
    if found.source != Group.Source.RULE:
        return {}
    try:
        context: dict[str, Any] = {"sentence": sentence_of(found.rule, reader=request.user)}
    except ValidationError as error:
        return {"rule_error": error.messages[0]}
    asked = request.GET.get("person", "")[:254]
    # SECURITY: the reasons tell who belongs to what the rule names.
    context["may_ask"] = may_see_members and not hides_people_from(request.user, found.rule)
    if asked and context["may_ask"]:
        context["person_text"] = asked
        try:
            context["asked"] = person_named(asked, request.user)
            context["verdict"] = why(found.rule, context["asked"], reader=request.user)
        except ValidationError as error:
            context["asked_error"] = error.messages[0]
    return context


def _changes(found: Group, person: Any, may_see_members: bool) -> list[dict[str, Any]]:
    """The last changes: how many came and went, when, by whom and, for those who may, their names."""
    changes = list(found.changes.all().select_related("by")[:CHANGES])
    names: dict[str, str] = {}
    if may_see_members:
        wanted = {one for change in changes for one in [*change.added[:NAMED], *change.removed[:NAMED]]}
        known = Person.objects.visible_to(person).filter(uuid__in=wanted)
        names = {str(one.uuid): one.name for one in known}
    return [
        {
            "at": change.at,
            "by": change.by,
            "added": len(change.added),
            "removed": len(change.removed),
            # Those who left the city since are counted, not named.
            "added_names": [names[one] for one in change.added[:NAMED] if one in names],
            "removed_names": [names[one] for one in change.removed[:NAMED] if one in names],
        }
        for change in changes
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def new_group(request: HttpRequest) -> HttpResponse:
    """Make a group: kept by hand or, with `?by=rule`, described by a rule."""
    require(request.user, "directory.create_group", None)
    is_by_rule = request.GET.get("by") == "rule"
    return _edit(request, None, is_by_rule, {"owners": request.user.username})


@require_http_methods(["GET", "HEAD", "POST"])
def edit_group(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a group's names, purpose, owners and rule."""
    found = _group(request, uuid)
    require(request.user, "directory.change_group", found)
    # SECURITY: owners may have left: they are named to whoever changes the group, and must be replaced.
    initial = initial_of(found, list(found.owners.all().visible_to(request.user).in_name_order()))
    return _edit(request, found, found.source == Group.Source.RULE, initial)


def _edit(request: HttpRequest, found: Group | None, is_by_rule: bool, initial: dict[str, Any]) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    rule = found.rule if found else None
    builder = AudienceBuilder(sent, author=request.user, rule=rule) if is_by_rule else None
    if sent is not None and builder is not None and builder.is_composing:
        # While one composes, what is missing elsewhere is not yet an error.
        sent, initial = None, {**sent.dict(), "is_public": "is_public" in sent}
    form = GroupForm(sent, reader=request.user, initial=initial)
    if sent is not None:
        is_valid = form.is_valid()
        if (builder is None or builder.is_valid(found)) and is_valid:
            try:
                return _save(request, found, form, builder.rule if builder else None)
            except ValidationError as error:
                form.add_error(None, error)
    is_wrong = bool(form.errors or (builder and sent is not None and builder.errors))
    context = {"group": found, "form": form, "builder": builder}
    return render(request, "directory/group_edit.html", context, status=422 if is_wrong else 200)


def _save(request: HttpRequest, found: Group | None, form: GroupForm, rule: Any) -> HttpResponse:
    if found is None:
        found = actions.create_group(actor=request.user, rule=rule, **form.cleaned_data)
        messages.success(request, _("The group “%(name)s” is ready.") % {"name": found.name})
    else:
        actions.change_group(found, actor=request.user, rule=rule, **form.cleaned_data)
        messages.success(request, _("The group was changed."))
    return redirect(found)


@require_POST
def add_members(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take people in a group kept by hand."""
    found = _group(request, uuid)
    require(request.user, "directory.change_group_members", found)
    form = MembersForm(request.POST, reader=request.user)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    change = actions.add_members(found, form.cleaned_data["people"], actor=request.user)
    count = len(change.added) if change else 0
    said = ngettext("%(count)d person was taken in.", "%(count)d people were taken in.", count) % {"count": count}
    messages.success(request, said if count else _("They all belonged already."))
    return redirect(found)


@require_POST
def remove_member(request: HttpRequest, uuid: UUID, person: UUID) -> HttpResponse:
    """Take somebody out of a group kept by hand."""
    found = _group(request, uuid)
    require(request.user, "directory.change_group_members", found)
    member = get_object_or_404(found.members.all().visible_to(request.user), uuid=person)
    actions.remove_members(found, [member], actor=request.user)
    messages.success(request, _("%(name)s no longer belongs to this group.") % {"name": member.name})
    return redirect(found)


@require_POST
def withdraw_group(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make the group hold nobody; it can be restored."""
    found = _group(request, uuid)
    actions.withdraw_group(found, actor=request.user)
    messages.success(request, _("The group was withdrawn: it holds nobody. You may restore it."))
    return redirect(found)


@require_POST
def restore_group(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Bring a withdrawn group back."""
    found = _group(request, uuid)
    actions.restore_group(found, actor=request.user)
    messages.success(request, _("The group was restored."))
    return redirect(found)
