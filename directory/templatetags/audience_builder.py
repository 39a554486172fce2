"""`{% load audience_builder %}`: what a clause of the audience builder can be. Nothing here queries."""

from typing import Any

from django import template

from directory.forms.audience_builder import AudienceBuilder, Line
from directory.forms.choices import Choice

register = template.Library()


@register.simple_tag
def choices_of(builder: AudienceBuilder, line: Line) -> list[Choice] | Any:
    """The choices of a clause whose list is short enough to be shown whole; None for those one types."""
    return builder.shown_choices.get(line.attribute)
