"""Who may comment, react, and edit or remove a comment."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import Allowed, Answer, Denied, rule
from foundation.content.kinds import kind_of
from foundation.content.models import Content, State
from foundation.content.policies import readers_of
from foundation.spaces.models import Role
from foundation.spaces.policies import can_contribute, members_of, role_in

from .models import Comment


@rule("discussion.comment", candidates=readers_of)
def can_comment(person: Any, content: Content) -> Answer:
    """Members who contribute; where the kind says so, every reader. Nobody on what is archived.

    Asked of content that `visible_to` let through.
    """
    if content.state != State.PUBLISHED:
        return Denied(_("This is closed to new replies."))
    if kind_of(content).readers_comment and not content.space.archived:
        return Allowed()
    return can_contribute(person, content.space)


@rule("discussion.react", candidates=readers_of)
def can_react(person: Any, content: Content) -> Answer:
    """Whoever may comment may react."""
    return can_comment(person, content)


def _author_of_comment(comment: Comment) -> Q:
    return Q(pk=comment.author_id)


@rule("discussion.edit_comment", candidates=_author_of_comment)
def can_edit_comment(person: Any, comment: Comment) -> Answer:
    """Its author alone: nobody puts words in another's mouth."""
    if comment.author_id != person.pk or comment.removed:
        return Denied(_("Only its author may edit a reply."))
    return can_comment(person, comment.content)


def _author_or_members(comment: Comment) -> Q:
    return Q(pk=comment.author_id) | members_of(comment.content.space)


@rule("discussion.remove_comment", candidates=_author_or_members)
def can_remove_comment(person: Any, comment: Comment) -> Answer:
    """Its author, and the hosts of the space."""
    if comment.author_id != person.pk and role_in(person, comment.content.space) < Role.EDITOR:
        return Denied(_("Only its author and the hosts of this space may remove a reply."))
    return Allowed()


@rule("discussion.restore_comment", candidates=_author_or_members)
def can_restore_comment(person: Any, comment: Comment) -> Answer:
    """Whoever removed it, and the hosts of the space."""
    if comment.removed_by_id != person.pk and role_in(person, comment.content.space) < Role.EDITOR:
        return Denied(_("Only those who may remove a reply may restore it."))
    return Allowed()
