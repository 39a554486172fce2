"""The doorkeeper: who comes in. Session, person, rule and document in one visit to a thread, for all who came together.

SECURITY: here stands what guards a room. The session is read as Django reads it, hash included; the person must be
active; the kind's own rule decides. All of it is asked again during the life of a socket.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from foundation.content.querysets import first_end_of_shares, resolve_reach

from ..documents import Key, Replayed, replay, stored
from . import frames
from .kinds import Admission, RoomKind
from .threads import DatabaseThread

logger = logging.getLogger(__name__)

T = TypeVar("T")

# One: it shares the interpreter with everything else, and whoever waits for it goes in together.
THREADS = 1
# So many are let in with one visit: the first need not wait for the last.
TOGETHER = 40


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a socket belongs to. id: the uuid, as text: what browsers know people by."""

    pk: int
    id: str
    name: str
    initials: str
    is_invisible: bool


@dataclass(slots=True, eq=False)
class Visit:
    """One question to the doorkeeper, and the answer. needs_document: the room is not open yet. refusal: the code to
    close with, 0 for who may be there. until: when a share ends that the answer may rest on."""

    session: str
    kind: RoomKind
    uuid: UUID
    needs_document: bool = False
    refusal: int = 0
    person: Visitor | None = None
    admission: Admission | None = None
    until: datetime | None = None
    made: Replayed | None = None
    answered: "asyncio.Future[None] | None" = field(default=None, repr=False)

    @property
    def key(self) -> Key:
        return self.kind.key, self.uuid


def answer(visits: Sequence[Visit]) -> None:
    """Fill in the answers. Two queries for sessions and people, a handful for what all of them reach and for documents,
    and what each rule asks besides."""
    people = _people({one.session for one in visits})
    resolve_reach(list(people.values()))
    for one in visits:
        person = people.get(one.session)
        if person is None:
            one.refusal = frames.NOT_SIGNED_IN
            continue
        one.person = _visitor(person)
        one.admission = one.kind.admit(person, one.uuid)
        if one.admission is None:
            one.refusal = frames.NOT_FOUND
        elif one.admission.content_id is not None:
            one.until = first_end_of_shares(person, one.admission.content_id)
    wanted = {one.key for one in visits if one.needs_document and not one.refusal and one.kind.has_document}
    made = {key: replay(document) for key, document in stored(wanted).items()} if wanted else {}
    for one in visits:
        one.made = made.get(one.key) if not one.refusal else None


def _visitor(person: Any) -> Visitor:
    return Visitor(
        person.pk, str(person.uuid), person.name, person.initials, bool(getattr(person, "is_invisible", False))
    )


def _people(keys: set[str]) -> dict[str, Any]:
    """The person of each of these sessions, a fresh one: what they may do is worked out anew."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    found = store.get_model_class()._default_manager.filter(
        pk__in={key for key in keys if key.isascii() and key.isalnum()}, expire_date__gt=timezone.now()
    )
    decode = store().decode
    said: dict[str, dict[str, Any]] = {key: decode(data) for key, data in found.values_list("pk", "session_data")}
    pks = {pk: _person_key(data) for pk, data in said.items()}
    everyone = get_user_model()._default_manager.select_related("unit")
    wanted = {one for one in pks.values() if one is not None}
    people = {one.pk: one for one in everyone.filter(pk__in=wanted, is_active=True)}
    return {
        key: people[pk]
        for key, pk in pks.items()
        if pk is not None and pk in people and _is_verified(said[key], people[pk])
    }


def _person_key(data: dict[str, Any]) -> Any:
    # SECURITY: a session made by a way of signing in that is closed now lets nobody in.
    if data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS or SESSION_KEY not in data:
        return None
    return get_user_model()._meta.pk.to_python(data[SESSION_KEY])


def _is_verified(data: dict[str, Any], person: Any) -> bool:
    """SECURITY: as `django.contrib.auth.get_user`: a new password ends the sessions of the old one."""
    mine = data.get(HASH_SESSION_KEY) or ""
    if mine and constant_time_compare(mine, person.get_session_auth_hash()):
        return True
    return bool(mine) and any(constant_time_compare(mine, one) for one in person.get_session_auth_fallback_hash())


class Doorkeeper:
    """Takes the questions of one event loop to a few threads. Those that come while all are busy go together."""

    def __init__(self) -> None:
        self._threads = [DatabaseThread(f"doorkeeper-{number}") for number in range(THREADS)]
        self._free = list(self._threads)
        self._waiting: list[Visit] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, visit: Visit) -> None:
        """Have `visit` answered. Raises whatever kept it from being: the database is away, most often."""
        visit.answered = asyncio.get_running_loop().create_future()
        self._waiting.append(visit)
        if self._free:
            task = asyncio.create_task(self._work(self._free.pop()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await visit.answered

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """Something else that needs the database, in one of the threads."""
        return await self._threads[0].run(work, *arguments)

    def rest(self) -> None:
        """Once a second: idle threads give their connections back."""
        for one in self._threads:
            one.rest()

    def end(self) -> None:
        """Nobody comes in any more."""
        for one in self._threads:
            one.end()

    async def _work(self, thread: DatabaseThread) -> None:
        try:
            # Those who come in the same moment are all here after this.
            await asyncio.sleep(0)
            while self._waiting:
                visits, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
                try:
                    await thread.run(answer, visits)
                except Exception as error:
                    await self._one_by_one(thread, visits, error)
                    continue
                for one in visits:
                    _done(one)
        finally:
            self._free.append(thread)

    async def _one_by_one(self, thread: DatabaseThread, visits: list[Visit], error: Exception) -> None:
        """One question that cannot be answered must not keep the others from it."""
        for one in visits:
            # Not when it is the database that is away: each of them would wait for it again.
            if len(visits) > 1 and not isinstance(error, InterfaceError | OperationalError):
                one.refusal, one.person, one.admission, one.until, one.made = 0, None, None, None, None
                try:
                    await thread.run(answer, [one])
                except Exception as theirs:
                    _done(one, theirs)
                    continue
                _done(one)
            else:
                _done(one, error)


def _done(visit: Visit, error: Exception | None = None) -> None:
    future = visit.answered
    if future is None or future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
