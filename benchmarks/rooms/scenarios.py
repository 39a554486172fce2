"""What is done to a server, the same to each: people come into rooms, change things, all at once at the end, and leave.

A: fifty people in one room. B: two hundred in forty rooms. Both two changes a second each, of a board's element (about
370 bytes). Then a board of 5,000 elements, a restart, and everybody back.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .generator import Generator
from .servers import Server

# What can be looked at by itself.
ALONE = ("joins", "B", "A")
# A second with less CPU than this is one in which nothing is done; waited for so many seconds at most.
QUIET, LONGEST = 0.03, 15


@dataclass(frozen=True)
class Size:
    """How much of each. `together`: sockets being opened at a time. `settle`: seconds until all has been stored."""

    one_room: int
    many: int
    rooms: int
    seconds: float
    elements: int
    rate: int = 2
    burst_one_room: int = 40
    burst_many: int = 20
    together: int = 50
    # Before anything is measured: Node compiles what it runs often.
    warm: float = 3
    # Hocuspocus stores two seconds after the last change: that belongs to what a change costs.
    settle: float = 2.5


FULL = Size(one_room=50, many=200, rooms=40, seconds=10, elements=5000)
SMALL = Size(one_room=5, many=8, rooms=4, seconds=1, elements=200, burst_one_room=5, burst_many=5, warm=0.5, settle=0.3)


@dataclass(frozen=True)
class Place:
    """The names of rooms made for one run, and a cookie for each person. A name is `kind/uuid`."""

    alone: str
    many: Sequence[str]
    large: str
    cookies: Sequence[str]

    @property
    def names(self) -> list[str]:
        return [self.alone, *self.many, self.large]


class Run:
    """One server, once through everything. `figures` holds what was found, by name."""

    def __init__(self, server: Server, place: Place, size: Size, folder: Path) -> None:
        self._server, self._place, self._size, self._folder = server, place, size, folder
        self.figures: dict[str, float] = {}
        self.faults: list[str] = []
        self._joins: list[dict[str, Any]] = []

    def go(self) -> "Run":
        """Everything, in the order that lets nothing profit from what came before it."""
        with self._server, Generator(self._server) as load:
            self._introduce(load)
            self.figures["memory, started"] = self._server.memory
            self._changes(load, "B", self._many(), self._size.burst_many)
            self._changes(load, "A", self._one_room(), self._size.burst_one_room)
            self._draw(load)
            if self._server.stores:
                self._server.stop()
                self._server.start()
                self._introduce(load)
            self._return(load)
            self._check(load)
        seconds = sum(one["seconds"] for one in self._joins)
        self.figures["joins/s"] = self._size.many * len(self._joins) / seconds
        self.figures["joins, CPU ms each"] = (
            sum(one["cpu"] for one in self._joins) * 1000 / (self._size.many * len(self._joins))
        )
        return self

    def alone(self, name: str) -> None:
        """One of `ALONE`, for a profile: no figures."""
        with self._server, Generator(self._server) as load:
            self._introduce(load)
            if name == "A":
                self._changes(load, "A", self._one_room(), self._size.burst_one_room)
            elif name == "B":
                self._changes(load, "B", self._many(), self._size.burst_many)
            else:
                for _again in range(5):
                    load.ask("join", people=self._many(), together=self._size.together)
                    self._leave(load)

    def _introduce(self, load: Generator) -> None:
        first = self._server.addresses[0]
        origin = "http:" + first.split(":", 1)[1].removesuffix(self._server.path)
        load.ask("server", url=first, origin=origin, dialect=self._server.dialect)

    def _many(self) -> list[dict[str, str]]:
        return [
            self._person(number, self._place.many[number % self._size.rooms], number // self._size.rooms)
            for number in range(self._size.many)
        ]

    def _one_room(self) -> list[dict[str, str]]:
        return [self._person(number, self._place.alone, number) for number in range(self._size.one_room)]

    def _person(self, number: int, room: str, turn: int = 0) -> dict[str, str]:
        addresses = self._server.addresses
        return {"room": room, "cookie": self._place.cookies[number], "url": addresses[turn % len(addresses)]}

    def _changes(self, load: Generator, name: str, people: list[dict[str, str]], burst: int) -> None:
        """People come, change things at leisure, then all at once, and go."""
        joined = self._timed(load, "join", people=people, together=self._size.together)
        if name == "B":
            self._joins.append(joined)
            load.ask("steady", seconds=self._size.warm, rate=self._size.rate)
        steady = self._timed(load, "steady", seconds=self._size.seconds, rate=self._size.rate)
        spent = self._timed(load, "burst", each=burst)
        for which, found in ((f"{name}: changes", steady), (f"{name}: burst", spent)):
            if found["deliveries"] != found["expected"] or found["lost"]:
                self.faults.append(
                    f"{which}: {found['deliveries']} of {found['expected']} delivered, {found['lost']} sockets lost"
                    f" {found['refused']}"
                )
        self.figures |= {
            f"{name}: deliveries/s": steady["deliveries"] / steady["seconds"],
            f"{name}: latency p50 ms": steady["p50"],
            f"{name}: latency p95 ms": steady["p95"],
            f"{name}: CPU ms per 1,000 deliveries": steady["cpu"] * 1_000_000 / steady["deliveries"],
            f"{name}: frames received": steady["frames"],
            f"{name}: MB received": steady["megabytes"],
            f"{name}: CPU % of the generator": steady["generator"],
            f"{name}: burst updates/s": spent["updates"],
            f"{name}: burst, CPU ms per 1,000 deliveries": spent["cpu"] * 1_000_000 / spent["deliveries"],
            f"memory, after {name}": self._server.memory,
        }
        self.figures[f"{name}: leaving, CPU ms a person"] = self._leave(load) * 1000 / len(people)

    def _leave(self, load: Generator) -> float:
        """Everybody goes. The CPU seconds until the server has put away what they did."""
        before = last = self._server.cpu
        load.ask("leave")
        for _second in range(LONGEST):
            time.sleep(1)
            now = self._server.cpu
            if now - last < QUIET:
                break
            last = now
        return self._server.cpu - before

    def _draw(self, load: Generator) -> None:
        """A large board, drawn in one go, seen by who was there and by who comes late."""
        cookies, size, url = self._place.cookies, self._size, self._server.addresses[0]
        drawn = load.ask("draw", room=self._place.large, cookie=cookies[0], elements=size.elements, url=url)
        self.figures["large board, drawn s"] = self._seen(drawn, "drawn")
        late = load.ask("late", room=self._place.large, cookie=cookies[1], elements=size.elements, url=url)
        self.figures["large board, late joiner s"] = self._seen(late, "late")

    def _seen(self, found: dict[str, Any], what: str) -> float:
        if found["seconds"] is None:
            self.faults.append(f"the large board was never wholly seen ({what})")
            return float("inf")
        return float(found["seconds"])

    def _return(self, load: Generator) -> None:
        """Everybody back after a restart, into rooms read from the database, then again into open ones."""
        for _again in range(2):
            self._joins.append(self._timed(load, "join", people=self._many(), together=self._size.together))
            self._leave(load)
        if self._server.stores:
            late = load.ask(
                "late", room=self._place.large, cookie=self._place.cookies[0], elements=self._size.elements,
                url=self._server.addresses[0],
            )  # fmt: skip
            self.figures["large board, late joiner after a restart s"] = self._seen(late, "after a restart")

    def _check(self, load: Generator) -> None:
        """What was written is what is found; it is left in the folder for whoever knows the database."""
        if not self._server.stores:
            return
        people = [self._person(0, one) for one in self._place.names]
        if not load.ask("check", people=people, folder=str(self._folder))["same"]:
            self.faults.append("what was written is not what is found after a restart")

    def _timed(self, load: Generator, command: str, **options: Any) -> dict[str, Any]:
        """The answer, with the CPU seconds that the server spent, until all was stored."""
        before = self._server.cpu
        answer = load.ask(command, **options)
        if command in ("steady", "burst"):
            time.sleep(self._size.settle)
        return {**answer, "cpu": self._server.cpu - before}
