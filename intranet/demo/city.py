"""The units of the demo city: the city, nineteen boroughs, its services, their divisions, the cabinets.

The data are in `texts/city.toml`; here they become one list in which a parent always comes before its children.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class DemoUnit:
    """One unit. `trade` decides the titles of its people, `weight` how many of them it has."""

    code: str
    kind: str  # city, borough, service, division, cabinet: `Unit.Kind`
    name_fr: str
    name_en: str
    parent_code: str | None
    trade: str = ""
    weight: float = 1.0
    # Feminine, masculine and English title of who leads it, where it has one of its own.
    head: tuple[str, ...] = ()


@dataclass(frozen=True)
class Borough:
    """One borough as the council sees it: who is elected where."""

    code: str
    name: str
    councillors: tuple[str, ...]
    borough_councillors: tuple[str, ...]


# Works and recreation are where most of a borough's people are.
_TRADE_WEIGHT = {"works": 3.0, "recreation": 1.8, "library": 1.3}


def read_toml(name: str) -> dict[str, Any]:
    """One data file of the demo."""
    with (TEXTS / name).open("rb") as file:
        return tomllib.load(file)


@cache
def boroughs() -> tuple[Borough, ...]:
    """The nineteen boroughs, in alphabetical order of their usual names."""
    return tuple(
        Borough(
            code=one["code"],
            name=one["name"],
            councillors=tuple(one.get("councillors", ())),
            borough_councillors=tuple(one.get("borough_councillors", ())),
        )
        for one in read_toml("city.toml")["boroughs"]
    )


@cache
def units() -> tuple[DemoUnit, ...]:
    """Every unit, parents first."""
    data = read_toml("city.toml")
    root = data["city"]["code"]
    found = [DemoUnit(root, "city", data["city"]["fr"], data["city"]["en"], None)]
    code, name_fr, name_en = data["cabinets"]["mayor"]
    found.append(DemoUnit(code, "cabinet", name_fr, name_en, root, "cabinet", 2.0))
    for one in data["boroughs"]:
        found.append(DemoUnit(one["code"], "borough", one["name"], one["name"], root))
        # The mayor of the city is mayor of the central borough too: no second cabinet there.
        if one["code"] != "VMA":
            suffix, name_fr, name_en = data["cabinets"]["borough"]
            found.append(DemoUnit(f"{one['code']}-{suffix}", "cabinet", name_fr, name_en, one["code"], "cabinet", 0.2))
        for suffix, name_fr, name_en, trade in data["borough_divisions"]["list"][: one["size"]]:
            weight = _TRADE_WEIGHT.get(trade, 1.0) * one["size"] / 5
            found.append(DemoUnit(f"{one['code']}-{suffix}", "division", name_fr, name_en, one["code"], trade, weight))
    for one in data["services"]:
        head = tuple(one.get("head", ()))
        found.append(DemoUnit(one["code"], "service", one["fr"], one["en"], root, head=head))
        for suffix, name_fr, name_en, trade in one["divisions"]:
            weight = float(one.get("weight", 1.0))
            found.append(DemoUnit(f"{one['code']}-{suffix}", "division", name_fr, name_en, one["code"], trade, weight))
    return tuple(found)


def of(name: str) -> str:
    """The French name after « de »: « d'Anjou », « du Sud-Ouest », « de LaSalle »."""
    if name.startswith("Le "):
        return "du " + name.removeprefix("Le ")
    if name[0] in "AEIOUÉ":
        return "d'" + name
    return "de " + name
