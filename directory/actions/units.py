"""What one does to units."""

from django.db import transaction

from ..models import Unit


@transaction.atomic
def create_unit(code: str, name_fr: str, *, name_en: str = "", kind: str, parent: Unit | None = None) -> Unit:
    """Add a unit under `parent`, with its path."""
    unit = Unit.objects.create(code=code, name_fr=name_fr, name_en=name_en, kind=kind, parent=parent, path="")
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit
