"""Fictional names: drawn by where names come from, never those of public figures."""

import random
import unicodedata
from dataclasses import dataclass
from functools import cache

from .city import read_toml

# One person in seven bears a given name and a family name from two origins, as the city does.
MIXED = 0.15


@dataclass(frozen=True)
class Name:
    """A drawn name; `woman` decides titles, `origin` weighs on the language of the interface."""

    given: str
    family: str
    woman: bool
    origin: str


def ascii_of(text: str) -> str:
    """Lower ASCII letters only: « Saint-Fleur » gives « saintfleur »."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("đ", "d"))
    return "".join(one for one in bare if "a" <= one <= "z")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.replace("\n", " ").split(",") if one.strip())


@cache
def _lists() -> dict[str, dict[str, tuple[str, ...]]]:
    data = read_toml("names.toml")
    return {
        key: {part: _listed(table[part]) for part in ("women", "men", "families")}
        for key, table in data.items()
        if isinstance(table, dict)
    }


@cache
def _weights() -> tuple[tuple[str, ...], tuple[int, ...]]:
    tables = {key: one["weight"] for key, one in read_toml("names.toml").items() if isinstance(one, dict)}
    return tuple(tables), tuple(tables.values())


@cache
def excluded() -> frozenset[str]:
    """Full names never given, as `ascii_of`."""
    return frozenset(ascii_of(one) for one in _listed(read_toml("names.toml")["excluded"]))


@cache
def not_elected() -> frozenset[str]:
    """Family names no elected official of the demo bears."""
    return frozenset(_listed(read_toml("names.toml")["not_elected"]))


class NameMaker:
    """Draws names; tries not to give the same full name twice."""

    def __init__(self, rng: random.Random, taken: frozenset[str]) -> None:
        self.rng = rng
        self.taken = taken
        self.given: set[str] = set()

    def name(self, *, elected: bool = False) -> Name:
        """A name that is not a public figure's. A large city repeats a few: after some draws a repeat is accepted."""
        rng, lists = self.rng, _lists()
        keys, weights = _weights()
        tries = 0
        while True:
            tries += 1
            origin = rng.choices(keys, weights)[0]
            other = rng.choices(keys, weights)[0] if rng.random() < MIXED else origin
            woman = rng.random() < 0.5
            given = rng.choice(lists[origin]["women" if woman else "men"])
            family = rng.choice(lists[other]["families"])
            key = ascii_of(given + family)
            if key in excluded() or key in self.taken or (elected and family in not_elected()):
                continue
            if key in self.given and tries < 6:
                continue
            self.given.add(key)
            return Name(given, family, woman, origin)
