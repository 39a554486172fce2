"""`{% load boards %}`: words of what stands on boards. Nothing here queries."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def word_of(words: Mapping[str, str], kind: str) -> str:
    """`{{ words|word_of:thing.kind }}`: what a kind of thing is called."""
    return words[kind]
