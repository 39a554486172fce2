"""What one does to comments and reactions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import follow, record
from foundation.audiences.policies import require
from foundation.content.models import Content
from foundation.content.sending import sending_digest, sent_once

from .activities import COMMENT_EDITED, COMMENT_REMOVED, COMMENT_RESTORED, COMMENTED
from .mentions import render_with_mentions
from .models import COMMENT_MAX, Comment, Reaction


def _clean(body: str) -> str:
    body = body.replace("\x00", "").strip()
    if not body:
        raise ValidationError({"body": _("Write something before publishing.")})
    if len(body) > COMMENT_MAX:
        raise ValidationError({"body": _("This is too long: at most %(max)s characters.") % {"max": COMMENT_MAX}})
    return body


def add_comment(
    content: Content, body: str, *, actor: Any, parent: Comment | None = None, sending_key: str | None = None
) -> Comment:
    """Comment on `content`, or reply to `parent`. Raises Refused, and ValidationError for an empty or too long text.

    With a `sending_key` already used by this person, answers the comment it made: a resent form adds nothing.
    """
    require(actor, "discussion.comment", content)
    key = sending_digest(sending_key, actor)
    return sent_once(lambda: _add_comment(content, body, actor=actor, parent=parent, key=key))


def _add_comment(content: Content, body: str, *, actor: Any, parent: Comment | None, key: str | None) -> Comment:
    sent = Comment.objects.filter(author=actor, sending_key=key).first() if key else None
    if sent:
        return sent
    if parent is not None and (parent.content_id != content.pk or parent.removed):
        raise ValidationError({"parent": _("The reply you answer is no longer there.")})
    body = _clean(body)
    html, mentioned = render_with_mentions(body, content)
    comment = Comment.objects.create(
        content_id=content.pk,
        parent=parent.parent or parent if parent else None,
        author=actor,
        body=body,
        body_html=html,
        sending_key=key,
    )
    comment.mentioned.set(mentioned)
    # A query rather than save(): two replies at once must not undo each other's other columns.
    Content.objects.filter(pk=content.pk).update(updated=comment.created)
    follow(content, actor=actor)
    data = {"comment": str(comment.uuid), "parent_author": parent.author_id if parent else None}
    record(COMMENTED, content, actor=actor, data=data)
    return comment


@transaction.atomic
def edit_comment(comment: Comment, body: str, *, actor: Any) -> None:
    """Change one's own words; the thread says so. Raises Refused and ValidationError."""
    require(actor, "discussion.edit_comment", comment)
    body = _clean(body)
    comment.body_html, mentioned = render_with_mentions(body, comment.content)
    comment.body, comment.edited = body, timezone.now()
    comment.save(update_fields=["body", "body_html", "edited"])
    comment.mentioned.set(mentioned)
    record(COMMENT_EDITED, comment.content, actor=actor, data={"comment": str(comment.uuid)})


@transaction.atomic
def remove_comment(comment: Comment, *, actor: Any) -> None:
    """Take a comment out of the thread; it can be restored. Raises Refused. Twice changes nothing."""
    require(actor, "discussion.remove_comment", comment)
    if comment.removed:
        return
    comment.removed, comment.removed_by = timezone.now(), actor
    comment.save(update_fields=["removed", "removed_by"])
    record(COMMENT_REMOVED, comment.content, actor=actor, data={"comment": str(comment.uuid)})


@transaction.atomic
def restore_comment(comment: Comment, *, actor: Any) -> None:
    """Put a removed comment back. Raises Refused. Twice changes nothing."""
    require(actor, "discussion.restore_comment", comment)
    if not comment.removed:
        return
    comment.removed, comment.removed_by = None, None
    comment.save(update_fields=["removed", "removed_by"])
    record(COMMENT_RESTORED, comment.content, actor=actor, data={"comment": str(comment.uuid)})


@transaction.atomic
def toggle_reaction(content: Content, sign: str, *, actor: Any, comment: Comment | None = None) -> bool:
    """Put one's sign, or take it back. Answers whether it now stands. Raises Refused and ValidationError.

    A reaction is not announced: it would drown what is worth telling.
    """
    require(actor, "discussion.react", content)
    if sign not in Reaction.Sign.values:
        raise ValidationError({"sign": _("This reaction does not exist.")})
    if comment is not None and (comment.content_id != content.pk or comment.removed):
        raise ValidationError({"comment": _("The reply is no longer there.")})
    mine = {"content_id": content.pk, "comment": comment, "person": actor, "sign": sign}
    _reaction, is_new = Reaction.objects.get_or_create(**mine)
    if not is_new:
        Reaction.objects.filter(**mine).delete()
    return is_new
