"""Counting readers."""

from typing import Any

from foundation.content.models import Content

from ..models import Reading
from ..readings import mark_of


def count_reading(content: Content, person: Any) -> None:
    """`person`, who sees `content`, opened it. One look by index; one row the first time, none afterwards."""
    mark = mark_of(content, person)
    if not Reading.objects.filter(content_id=content.pk, mark=mark).exists():
        Reading.objects.bulk_create([Reading(content_id=content.pk, mark=mark)], ignore_conflicts=True)
