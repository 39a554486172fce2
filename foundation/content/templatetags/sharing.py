"""`{% load sharing %}`: the way from the page of any content to that of its sharing. Nothing here queries."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from foundation.audiences.policies import ask

register = template.Library()


@register.simple_tag(takes_context=True)
def sharing_button(context: Any, content: Any, **options: Any) -> SafeString | str:
    """`{% sharing_button topic %}`: "Share", for whoever may. Options: `menu=True`, as an entry of a menu.

    Reads the space of `content`: select it.
    """
    if not ask(context["request"].user, "content.share", content):
        return ""
    values = {"url": reverse("content:sharing", args=[content.uuid]), **options}
    return mark_safe(render_to_string("content/_sharing_button.html", values))


@register.simple_tag
def sharing_url(content: Any) -> str:
    """The page that says who sees it, for whoever does."""
    return reverse("content:sharing", args=[content.uuid])
