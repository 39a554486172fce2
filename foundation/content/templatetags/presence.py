"""`{% load presence %}`: who else has the page of a content open, for kinds that show it. Nothing here queries."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from foundation.audiences.policies import ask

register = template.Library()


@register.simple_tag(takes_context=True)
def presence(context: Any, content: Any) -> SafeString | str:
    """`{% presence topic %}`, within the head of its page: empty until somebody else is there.

    Where its kind or the city shows nobody, and for externals, there is nothing, and no socket.
    """
    if not ask(context["request"].user, "content.be_present", content):
        return ""
    return mark_safe(render_to_string("ui/presence/presence.html", {"socket": f"/ws/rooms/page/{content.uuid}"}))
