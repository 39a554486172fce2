"""`{% load chart %}`: people as they stand in the picture of the org chart. Nothing here queries."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from foundation.ui.templatetags.ui import TINTS

from ..charts import AVATAR, PADDING

register = template.Library()
CENTER = PADDING + AVATAR


@register.simple_tag
def chart_avatar(person: Any, y: float) -> SafeString:
    """A round photo, or initials on the person's own colour, with its middle at `y`. Decorative: the name is beside."""
    photo = person.photo_at(48)
    if photo:
        return format_html(
            '<image aria-hidden="true" href="{}" x="{}" y="{}" width="{}" height="{}" clip-path="url(#chart-round)"/>',
            photo,
            PADDING,
            y - AVATAR,
            2 * AVATAR,
            2 * AVATAR,
        )
    return format_html(
        '<g class="chart-avatar chart-avatar--{}" aria-hidden="true"><circle cx="{}" cy="{}" r="{}"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text></g>',
        person.uuid.int % TINTS + 1,
        CENTER,
        y,
        AVATAR,
        CENTER,
        y + 3.5,
        person.initials,
    )
