"""`{% load discussion %}`: comments of a thread."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from foundation.discussion.threads import Entry
from foundation.ui.templatetags.ui import photo_of, remembered, when

register = template.Library()


@register.simple_tag
def comment_entry(entry: Entry, can_comment: Any) -> SafeString:
    """One comment and its replies. Rendered once for the same words, rights and reactions, whoever reads them."""
    comment, author = entry.comment, entry.comment.author
    replies = mark_safe("".join(comment_entry(one, can_comment) for one in entry.replies))
    removed = comment.removed is not None
    return remembered(
        "discussion/_entry.html",
        uuid=str(comment.uuid),
        content_uuid=str(comment.content.uuid),
        author_uuid=author.uuid,
        author_name=author.name,
        author_initials=author.initials,
        author_photo=photo_of(author),
        author_title=author.title,
        author_url=author.get_absolute_url(),
        created=when(comment.created),
        edited=comment.edited is not None,
        removed=removed,
        # SECURITY: sanitised when it was written (foundation/ui/markup.py).
        body="" if removed else mark_safe(comment.body_html),
        is_new=entry.is_new,
        begins_news=entry.begins_news,
        can_reply=bool(can_comment) and not comment.parent_id and not removed,
        can_react=bool(can_comment),
        can_edit=entry.can_edit,
        can_remove=entry.can_remove,
        can_restore=entry.can_restore,
        signs=tuple(entry.signs),
        replies=replies,
    )
