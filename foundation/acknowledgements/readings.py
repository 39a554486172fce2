"""Readings counted without names. The mark of a reader is a keyed hash of content and person: the same person counts
once, and without the server's key nobody can tell who it was. With it one could try everyone: the key is what guards.
"""

from typing import Any

from django.utils.crypto import salted_hmac

from foundation.content.models import Content

from .models import Reading

# Fewer are not shown: in a small group a number says who.
LEAST = 10
_SALT = "foundation.acknowledgements.readings"


def mark_of(content: Content, person: Any) -> str:
    """128 bits of an HMAC-SHA256; another one for the same person on another content."""
    # SECURITY: with the content in it, marks of one person on two contents cannot be recognised as theirs.
    return salted_hmac(_SALT, f"{content.pk}:{person.pk}", algorithm="sha256").hexdigest()[:32]


def readings_of(content: Content) -> int | None:
    """How many read it, rounded down to tens; None below ten. SECURITY: never the exact figure."""
    count = Reading.objects.filter(content_id=content.pk).count()
    return count - count % LEAST if count >= LEAST else None
