"""The launcher of the demo city: its sixteen applications, who sees them and in which order."""

from dataclasses import dataclass
from functools import cache

from .city import read_toml


@dataclass(frozen=True)
class DemoApplication:
    """One application. Everyone sees it unless `elected_only`, or `unit_code` names the one unit that does."""

    name_fr: str
    name_en: str
    description_fr: str
    description_en: str
    category: str  # `Application.Category`
    icon: str  # a Tabler name
    address: str
    # For those that open in Notes, instead of an address.
    notes: str = ""
    unit_code: str = ""
    elected_only: bool = False


@cache
def applications() -> tuple[DemoApplication, ...]:
    """The applications, most used first within each category."""
    return tuple(
        DemoApplication(
            name_fr=row["name_fr"],
            name_en=row["name_en"],
            description_fr=row["description_fr"],
            description_en=row["description_en"],
            category=row["category"],
            icon=row["icon"],
            address=row.get("address", ""),
            notes=row.get("notes", ""),
            unit_code=row.get("unit", ""),
            elected_only=row.get("audience") == "elected",
        )
        for row in read_toml("applications.toml")["applications"]
    )
