"""What a find is shown with."""

from typing import Any

from django import template

from foundation.content.kinds import kind_of

from ..sorts import sort_of

register = template.Library()


@register.filter
def row_template(one: Any) -> str:
    """The template of a find."""
    sort = sort_of(one)
    return sort.row if sort else "search/_hit.html"


@register.filter
def kind_icon(content: Any) -> str:
    """The icon of a content's kind."""
    return kind_of(content).icon


@register.filter
def kind_label(content: Any) -> str:
    """What a content's kind is called."""
    return str(kind_of(content).label)
