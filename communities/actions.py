"""What one does in communities."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import follow, record
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import require
from foundation.audiences.principals import EVERYONE
from foundation.content.sending import sending_digest, sent_once
from foundation.discussion.mentions import render_with_mentions
from foundation.spaces.actions import change_access, create_space
from foundation.spaces.models import Space

from .activities import TOPIC_EDITED, TOPIC_STARTED
from .models import BODY_MAX, Topic


@transaction.atomic
def create_community(
    *,
    actor: Any,
    name_fr: str,
    name_en: str = "",
    description_fr: str = "",
    description_en: str = "",
    access: str = Space.Access.OPEN,
    visible_for: Collection[str] = (),
) -> Space:
    """Gather colleagues around a subject; `actor` is its first host. Raises Refused.

    `visible_for`: the principals it is shown to; all staff and elected officials unless said.
    """
    require(actor, "communities.create", None)
    return create_space(
        Space.Kind.COMMUNITY,
        actor=actor,
        name_fr=name_fr.strip(),
        name_en=name_en.strip(),
        description_fr=description_fr.strip(),
        description_en=description_en.strip(),
        access=access,
        audience=audience_of(visible_for or {EVERYONE}),
    )


@transaction.atomic
def open_to(space: Space, access: str, visible_for: Collection[str], *, actor: Any) -> None:
    """Who takes part in a community, and whom it is shown to: as before when nobody is said. Raises Refused."""
    require(actor, "spaces.manage", space)
    change_access(space, access, audience_of(visible_for) if visible_for else None, actor=actor)


def _clean(title: str, body: str) -> tuple[str, str]:
    title, body = " ".join(title.replace("\x00", "").split()), body.replace("\x00", "").strip()
    errors: dict[str, str] = {}
    if not title:
        errors["title"] = _("Give the topic a title.")
    if len(title) > 250:
        errors["title"] = _("This title is too long: at most 250 characters.")
    if not body:
        errors["body"] = _("Write something before publishing.")
    if len(body) > BODY_MAX:
        errors["body"] = _("This is too long: at most %(max)s characters.") % {"max": BODY_MAX}
    if errors:
        raise ValidationError(errors)
    return title, body


def start_topic(
    space: Space, title: str, body: str, *, actor: Any, language: str = "fr", sending_key: str | None = None
) -> Topic:
    """Start a discussion in a community. Raises Refused and ValidationError.

    With a `sending_key` already used, answers the topic it made: a resent form starts nothing.
    """
    require(actor, "communities.start_topic", space)
    title, body = _clean(title, body)
    key = sending_digest(sending_key, actor)
    return sent_once(lambda: _start_topic(space, title, body, actor=actor, language=language, key=key))


def _start_topic(space: Space, title: str, body: str, *, actor: Any, language: str, key: str | None) -> Topic:
    sent = Topic.objects.filter(sending_key=key, author=actor).first() if key else None
    if sent:
        return sent
    now = timezone.now()
    topic = Topic(
        space=space,
        title=title,
        body=body,
        language=language,
        author=actor,
        owner=actor,
        updated=now,
        published=now,
        sending_key=key,
    )
    topic.save()
    # Who may read it, and so be mentioned in it, is asked of the database.
    topic.body_html, _mentioned = render_with_mentions(body, topic)
    topic.save(update_fields=["body_html"])
    follow(topic, actor=actor)
    record(TOPIC_STARTED, topic, actor=actor)
    return topic


@transaction.atomic
def edit_topic(topic: Topic, title: str, body: str, *, actor: Any, language: str | None = None) -> None:
    """Change title, text and language. Raises Refused and ValidationError."""
    require(actor, "content.change", topic)
    topic.title, topic.body = _clean(title, body)
    topic.body_html, _mentioned = render_with_mentions(topic.body, topic)
    topic.language = language or topic.language
    topic.save(update_fields=["title", "body", "body_html", "language"])
    record(TOPIC_EDITED, topic, actor=actor)
