"""Mentions: `@username` in a text becomes the person's name, linked, and the person is told."""

import itertools
import re
from typing import Any

from django.contrib.auth import get_user_model

from foundation.content.models import Content
from foundation.content.policies import readers_of
from foundation.ui.markup import render_markdown

# Not inside a word or an address: "write to someone@ville.example" mentions nobody.
MENTION = re.compile(r"(?<![\w@./])@([a-z0-9][a-z0-9._-]{1,78}[a-z0-9])", re.IGNORECASE)
# What a person's name could do to a Markdown link.
_SPECIAL = re.compile(r"([\\\[\]`*_<>])")
MAX_MENTIONS = 50
# A name and its address take up to 400 characters: with more, a text that was short enough would become too long.
MAX_LINKS = 100


def render_with_mentions(body: str, content: Content) -> tuple[str, list[Any]]:
    """The safe HTML of `body`, and the people mentioned in it.

    `content` is saved already. SECURITY: only people who may see it become links, so that a mention tells nothing about
    who exists to those outside, and tells nobody of what they may not see. Of a flood only the first become links.
    Raises ValueError when the text is too long.
    """
    names = {found.lower() for found in MENTION.findall(body)}
    people: dict[str, Any] = {}
    if names:
        readers = get_user_model()._default_manager.filter(readers_of(content), is_active=True)
        people = {one.username: one for one in readers.filter(username__in=sorted(names)[:MAX_MENTIONS])}

    links = itertools.count(1)

    def link(match: re.Match[str]) -> str:
        person = people.get(match[1].lower())
        if person is None or next(links) > MAX_LINKS:
            return match[0]
        name = _SPECIAL.sub(r"\\\1", person.name)
        return f"[@{name}]({person.get_absolute_url()})"

    return str(render_markdown(MENTION.sub(link, body))), list(people.values())
