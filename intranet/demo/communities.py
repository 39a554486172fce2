"""The conversations of the demo city, read from texts and turned into a plan: who writes what, and when.

A file `texts/topics/<name>.md` holds topics. `=== fr | Title | by: employee` starts one, `---` starts a reply; after it
may stand who writes: `author` (of the topic), `host` (of the community), `@role` (one of the seven sign-ins), nobody (a
regular member), and `^` when it answers the reply before. Everything else is Markdown.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from .city import TEXTS, read_toml, units
from .people import BY_ROLE, SIGN_INS, DemoPerson

# How far back the conversations go. Those the sign-ins began are fresher, so that they have news.
DAYS = 60
DAYS_OF_SIGN_INS = 12
# Who does most of the writing in one community.
REGULARS = 14

_TOPIC = re.compile(r"^=== (fr|en) \| (.+?)(?: \| by: (\w+))?$")
_REPLY = re.compile(r"^---(?: (author|host|@\w+))?( \^)?$")


@dataclass
class Reply:
    """One reply: `who` as in the file, and whether it answers the reply before."""

    who: str
    to_previous: bool
    body: str = ""
    author: str = ""
    at: datetime | None = None


@dataclass
class DemoTopic:
    """One conversation. `who`, then `author` and the dates once planned."""

    language: str
    title: str
    who: str
    body: str = ""
    replies: list[Reply] = field(default_factory=list)
    author: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Community:
    """One community, or the council's space, with its conversations."""

    texts: str
    name_fr: str
    name_en: str
    description_fr: str
    description_en: str
    access: str
    host_role: str
    host_unit: str
    trades: frozenset[str]
    roles: tuple[str, ...]
    groups: tuple[str, ...]


def _community(row: dict[str, Any]) -> Community:
    return Community(
        texts=row["texts"],
        name_fr=row["name_fr"],
        name_en=row["name_en"],
        description_fr=row["description_fr"],
        description_en=row["description_en"],
        access=row.get("access", "open"),
        host_role=row.get("host", ""),
        host_unit=row.get("host_unit", ""),
        trades=frozenset(row.get("trades", ())),
        roles=tuple(row.get("roles", ())),
        groups=tuple(row.get("groups", ())),
    )


@cache
def communities() -> tuple[Community, ...]:
    """The communities of practice, in the order of their file."""
    return tuple(_community(row) for row in read_toml("communities.toml")["communities"])


@cache
def council() -> Community:
    """The space of the elected officials."""
    return _community(read_toml("communities.toml")["council"])


def topics_of(community: Community) -> list[DemoTopic]:
    """The conversations of a community, as written. ValueError names the file and line of a mistake."""
    path = TEXTS / "topics" / f"{community.texts}.md"
    topics: list[DemoTopic] = []
    lines: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        topic, reply = _TOPIC.match(line), _REPLY.match(line)
        if line.startswith(("===", "---")) and not (topic or reply):
            raise ValueError(f"{path.name}:{number}: neither a topic nor a reply: {line}")
        if not (topic or reply):
            lines.append(line)
            continue
        _close(topics, lines)
        if topic:
            topics.append(DemoTopic(topic[1], topic[2], topic[3] or ""))
        elif reply:
            topics[-1].replies.append(Reply(reply[1] or "", bool(reply[2])))
    _close(topics, lines)
    return topics


def _close(topics: list[DemoTopic], lines: list[str]) -> None:
    """Give the lines read so far to what they belong to."""
    text = "\n".join(lines).strip()
    lines.clear()
    if topics:
        target: DemoTopic | Reply = topics[-1].replies[-1] if topics[-1].replies else topics[-1]
        target.body = text


def host_of(community: Community, people: Sequence[DemoPerson]) -> DemoPerson:
    """Who runs the community: a sign-in, or a host of its unit, or any host who is not somebody else's."""
    if community.host_role:
        username = BY_ROLE[community.host_role].username
        return next(one for one in people if one.username == username)
    hosts = [one for one in people if "hotes-communautes" in one.groups and one.username not in _usernames()]
    near = [one for one in hosts if one.unit_code == community.host_unit]
    if near:
        return near[0]
    # In a small city the unit may have nobody: its host comes from elsewhere, the same one for the same community.
    return hosts[sum(map(ord, community.texts)) % len(hosts)]


def _usernames() -> frozenset[str]:
    return frozenset(one.username for one in SIGN_INS)


def members_of(community: Community, people: Sequence[DemoPerson], rng: random.Random) -> list[DemoPerson]:
    """Who belongs to the community by name, host aside: people of its trades, a few others, its sign-ins."""
    trades = {one.code: one.trade for one in units()}
    host = host_of(community, people)
    others = [
        one
        for one in people
        if one.is_active and one.kind == "employee" and one.username not in _usernames() and one != host
    ]
    near = [one for one in others if trades[one.unit_code] in community.trades]
    most = max(REGULARS * 2, len(people) // 20)
    chosen = rng.sample(near, min(len(near), most))
    if community.access == "open" or len(chosen) < REGULARS:
        # Curiosity is a trade too.
        names = {one.username for one in chosen}
        rest = [one for one in others if one.username not in names]
        chosen += rng.sample(rest, min(len(rest), max(REGULARS, most // 4)))
    wanted = {BY_ROLE[role].username for role in community.roles}
    return [one for one in people if one.username in wanted and one != host] + chosen


def plan(
    community: Community,
    topics: list[DemoTopic],
    members: Sequence[DemoPerson],
    host: DemoPerson,
    *,
    now: datetime,
    rng: random.Random,
) -> list[DemoTopic]:
    """Decide authors and dates of the conversations, and answer them oldest first."""
    by_role = {one.role: one.username for one in SIGN_INS}
    free = [one for one in members if one.username not in _usernames()]
    regulars = rng.sample(free, min(len(free), REGULARS))
    for topic in topics:
        english = [one for one in regulars if one.language == "en"]
        pool = english if topic.language == "en" and english else regulars
        if topic.who:
            topic.author = host.username if topic.who == "host" else by_role[topic.who]
        else:
            topic.author = rng.choice(pool).username
        # Nobody answers themselves: the regulars of this conversation are everyone else, in some order.
        answering = [one.username for one in regulars if one.username != topic.author]
        rng.shuffle(answering)
        for number, reply in enumerate(topic.replies):
            if reply.who == "author":
                reply.author = topic.author
            elif reply.who == "host":
                reply.author = host.username
            elif reply.who:
                reply.author = by_role[reply.who.removeprefix("@")]
            else:
                reply.author = answering[number % len(answering)]
        _date(topic, now, rng)
    return sorted(topics, key=lambda one: one.at or now)


def _date(topic: DemoTopic, now: datetime, rng: random.Random) -> None:
    """Office hours of working days, replies within hours or days, nothing in the future."""
    days = DAYS_OF_SIGN_INS if topic.who and topic.who != "host" else DAYS
    begun = _at_work(now - timedelta(days=rng.uniform(0.5, days)), rng)
    if begun > now - timedelta(hours=1):
        # Nothing happened yet today at that hour.
        begun = _at_work(begun - timedelta(days=1), rng)
    topic.at = last = begun
    for reply in topic.replies:
        after = last + timedelta(minutes=rng.choice([9, 14, 25, 48, 95, 180, 420, 1300]) * rng.uniform(0.7, 1.4))
        if not 7 <= after.hour < 18 or after.weekday() > 4:
            after = _at_work(after + timedelta(hours=14), rng)
        if not last < after < now:
            # Late in a conversation that is still going on: squeezed between the reply before and now.
            after = last + (now - last) * rng.uniform(0.2, 0.6)
        reply.at = last = after


def _at_work(when: datetime, rng: random.Random) -> datetime:
    """The same day between 7 h 30 and 17 h 30, or the Friday before a weekend."""
    when -= timedelta(days=max(0, when.weekday() - 4))
    minutes = rng.randrange(7 * 60 + 30, 17 * 60 + 30)
    return when.replace(hour=minutes // 60, minute=minutes % 60, second=rng.randrange(60), microsecond=0)
