"""Reading the city's LDAP directory: everything, what changed, what is still there."""

import hashlib
import re
import time
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import ldap
from django.conf import settings
from ldap.controls import SimplePagedResultsControl
from ldap.filter import escape_filter_chars
from ldap.ldapobject import SimpleLDAPObject
from ldap.syncrepl import SyncreplConsumer

from ..entries import (
    GroupEntry,
    PersonEntry,
    Problem,
    UnitEntry,
    canonical_dn,
    group_entry,
    is_disabled,
    person_entry,
    unit_entry,
)

PAGE = 500
# Entries asked for by their keys at once.
KEYS = 100
SYNCREPL = b"1.3.6.1.4.1.4203.1.9.1.1"
# A server that has said nothing for so long while we read is dead. Its first word may take it ten seconds.
READ_SECONDS = 120
TICK_SECONDS = 15

Raw = tuple[str, dict[str, list[bytes]]]
Entry = PersonEntry | UnitEntry | GroupEntry


class NoDirectory(Exception):
    """No LDAP server is set."""


class Present(NamedTuple):
    """An entry as the sweep of the keys sees it. `kind`: person, unit or group; `dn`: canonical."""

    kind: str
    dn: str
    is_disabled: bool = False


class _Connection(SyncreplConsumer, SimpleLDAPObject):
    """A connection that collects what syncrepl brings, until it is taken."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri)
        self.cookie = ""
        self.entries: list[Raw] = []
        self.deleted: set[UUID] = set()
        # Whether the server said that deletions were listed; else whoever is absent is gone.
        self.lists_deletions = True
        self.is_persisting = False

    def syncrepl_get_cookie(self) -> str | None:
        return self.cookie or None

    def syncrepl_set_cookie(self, cookie: str) -> None:
        self.cookie = cookie

    def syncrepl_entry(self, dn: str, attrs: dict[str, list[bytes]], uuid: str) -> None:
        self.deleted.discard(UUID(uuid))
        self.entries.append((dn, attrs))

    def syncrepl_delete(self, uuids: list[str]) -> None:
        self.deleted.update(UUID(one) for one in uuids)

    def syncrepl_present(self, uuids: list[str] | None, refreshDeletes: bool | None = False) -> None:
        if uuids is None and not refreshDeletes:
            self.lists_deletions = False

    def syncrepl_refreshdone(self) -> None:
        self.is_persisting = True


class Source:
    """One connection to the directory, for reading. A context manager; ldap.LDAPError when the server fails."""

    def __init__(self) -> None:
        if not settings.AUTH_LDAP_SERVER_URI:
            raise NoDirectory
        self.names = settings.LDAP_NAMES
        self._bases = {kind: canonical_dn(dn) for kind, dn in settings.LDAP_BASES.items()}
        # Attributes come in lower case: servers spell their names as they like.
        self._person, self._unit, self._group = (
            {field: name.lower() for field, name in one.items()}
            for one in (self.names.person, self.names.unit, self.names.group)
        )
        self._modified = self.names.modified.lower()
        # The newest modification among the entries read.
        self.newest = ""
        self._connection: Any = None

    def __enter__(self) -> "Source":
        connection = _Connection(settings.AUTH_LDAP_SERVER_URI)
        for option, value in settings.AUTH_LDAP_CONNECTION_OPTIONS.items():
            connection.set_option(option, value)
        if settings.AUTH_LDAP_START_TLS:
            connection.start_tls_s()
        connection.simple_bind_s(settings.AUTH_LDAP_BIND_DN, settings.AUTH_LDAP_BIND_PASSWORD)
        # To sign in nobody waits long; reading everything may take its time.
        connection.set_option(ldap.OPT_TIMEOUT, READ_SECONDS)
        # A watch listens for days: a network that dropped the connection is noticed within a minute.
        for name, seconds in (("IDLE", 30), ("PROBES", 3), ("INTERVAL", 10)):
            connection.set_option(getattr(ldap, f"OPT_X_KEEPALIVE_{name}"), seconds)
        self._connection = connection
        return self

    def __exit__(self, *error: object) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.unbind_s()
            except ldap.LDAPError:
                # It had gone already.
                return

    @property
    def identity(self) -> str:
        """What a cookie belongs to: another server, base, filter or mapping starts over."""
        what = repr((sorted(self._bases.items()), self.names)).encode()
        return f"{settings.AUTH_LDAP_SERVER_URI[:400]} {hashlib.sha256(what).hexdigest()[:16]}"

    @cached_property
    def offers_syncrepl(self) -> bool:
        """Whether the server tells what changed; its keys are then entryUUIDs, and must be ours."""
        if self._person["entry_uuid"] != "entryuuid":
            return False
        ((_dn, root),) = self._connection.search_s("", ldap.SCOPE_BASE, attrlist=["supportedControl"])
        return SYNCREPL in root.get("supportedControl", ()) and self._grants_syncrepl()

    def _grants_syncrepl(self) -> bool:
        """A server may have it for another of its databases: only asking tells."""
        connection = self._connection
        message = connection.syncrepl_search(
            settings.LDAP_BASES["all"], ldap.SCOPE_BASE, mode="refreshOnly", attrlist=["1.1"]
        )
        try:
            while connection.syncrepl_poll(message, timeout=READ_SECONDS):
                continue
        except (ldap.UNAVAILABLE_CRITICAL_EXTENSION, ldap.UNWILLING_TO_PERFORM):
            return False
        return True

    # -- Everything, and what changed ----------------------------------------------------------------------------------

    def refresh(self, cookie: str, tick: Callable[[], None]) -> Iterator[list[Raw]]:
        """What changed since `cookie` (everything without one), in batches. Afterwards see `cookie`, `take_deleted`.

        `tick` is called now and then while the server is silent.
        """
        message = self._start(cookie, "refreshOnly")
        waited = time.monotonic()
        is_going_on = True
        while is_going_on:
            try:
                is_going_on = self._connection.syncrepl_poll(message, timeout=TICK_SECONDS)
                waited = time.monotonic()
            except ldap.TIMEOUT:
                tick()
                if time.monotonic() - waited > READ_SECONDS:
                    raise
            if len(self._connection.entries) >= PAGE:
                yield self.take_entries()
        yield self.take_entries()

    def listen(self, cookie: str) -> Callable[[float], bool]:
        """Ask to be told of changes from `cookie` on. Answers a function that waits so many seconds for the next one,
        and says whether something came."""
        message = self._start(cookie, "refreshAndPersist")

        def heard(seconds: float) -> bool:
            try:
                if not self._connection.syncrepl_poll(message, timeout=seconds):
                    raise ldap.SERVER_DOWN({"desc": "the server ended the listening"})
            except ldap.TIMEOUT:
                return False
            return True

        return heard

    def _start(self, cookie: str, mode: str) -> int:
        connection = self._connection
        connection.cookie, connection.entries, connection.deleted = cookie, [], set()
        connection.lists_deletions, connection.is_persisting = True, False
        return int(
            connection.syncrepl_search(
                settings.LDAP_BASES["all"],
                ldap.SCOPE_SUBTREE,
                mode=mode,
                filterstr=self._all_filter,
                attrlist=self._attributes,
            )
        )

    @property
    def cookie(self) -> str:
        return str(self._connection.cookie)

    @property
    def moment(self) -> str:
        """When the cookie stands, as entries are dated; of several servers, the one that is the furthest behind. Empty
        for a cookie that tells no time."""
        found = re.findall(r"(\d{14})\.\d+Z#", self.cookie)
        return f"{min(found)}Z" if found else ""

    @property
    def lists_deletions(self) -> bool:
        return bool(self._connection.lists_deletions)

    @property
    def is_persisting(self) -> bool:
        return bool(self._connection.is_persisting)

    def take_entries(self) -> list[Raw]:
        found, self._connection.entries = self._connection.entries, []
        return list(found)

    def take_deleted(self) -> set[UUID]:
        found, self._connection.deleted = self._connection.deleted, set()
        return set(found)

    def has_changes(self) -> bool:
        return bool(self._connection.entries or self._connection.deleted)

    def changed_since(self, modified: str) -> Iterator[list[Raw]]:
        """Entries changed since a moment of the server's (everything when empty), in batches."""
        wanted = self._all_filter
        if modified:
            wanted = f"(&{wanted}({self.names.modified}>={escape_filter_chars(modified)}))"
        yield from self._pages(wanted, self._attributes)

    def keys(self) -> dict[UUID, Present]:
        """All that is there, by its stable key."""
        names = {one["entry_uuid"] for one in (self.names.person, self.names.unit, self.names.group)}
        found: dict[UUID, Present] = {}
        for page in self._pages(self._all_filter, sorted({*names, *self.names.lock_attributes, "objectClass"})):
            for dn, values in page:
                attributes = {name.lower(): value for name, value in values.items()}
                kind = self._kind_of(dn, attributes)
                if kind and (key := self._key_of(kind, attributes)):
                    is_out = kind == "person" and is_disabled(attributes, self.names.disabled.lower())
                    found[key] = Present(kind, canonical_dn(dn), is_out)
        return found

    # -- Some of it ----------------------------------------------------------------------------------------------------

    def units(self) -> list[UnitEntry]:
        """Every unit."""
        pages = self._pages(self.names.units_filter, self._attributes_of("unit"))
        return [one for page in pages for one in self.parse(page)[0] if isinstance(one, UnitEntry)]

    def entries_with(self, kind: str, keys: Collection[UUID]) -> Iterator[list[Raw]]:
        """The people or groups (`kind`: person, group) with these stable keys."""
        attribute = {"person": self.names.person, "group": self.names.group}[kind]["entry_uuid"]
        wanted = sorted(keys)
        kinds = {"person": self.names.people_filter, "group": self.names.groups_filter}[kind]
        for start in range(0, len(wanted), KEYS):
            terms = "".join(f"({attribute}={_key_text(attribute, one)})" for one in wanted[start : start + KEYS])
            yield from self._pages(f"(&{kinds}(|{terms}))", self._attributes_of(kind))

    def groups_with(self, dn: str) -> list[GroupEntry]:
        """The groups that have this name among their members; their own members are not fetched."""
        member = self.names.group["members"]
        wanted = f"(&{self.names.groups_filter}({member}={escape_filter_chars(dn)}))"
        names = [one for one in self._attributes_of("group") if one != member]
        pages = self._pages(wanted, names)
        return [one for page in pages for one in self.parse(page)[0] if isinstance(one, GroupEntry)]

    def _pages(self, filterstr: str, attributes: list[str]) -> Iterator[list[Raw]]:
        control = SimplePagedResultsControl(True, size=PAGE, cookie="")
        while True:
            message = self._connection.search_ext(
                settings.LDAP_BASES["all"], ldap.SCOPE_SUBTREE, filterstr, attributes, serverctrls=[control]
            )
            _kind, found, _id, controls = self._connection.result3(message, timeout=READ_SECONDS)
            # Without a name: a referral.
            yield [(dn, values) for dn, values in found if dn is not None]
            answers = [one for one in controls if one.controlType == SimplePagedResultsControl.controlType]
            control.cookie = answers[0].cookie if answers else ""
            if not control.cookie:
                return

    # -- Making sense of it --------------------------------------------------------------------------------------------

    def parse(self, raws: list[Raw]) -> tuple[list[Entry], list[Problem]]:
        """The entries, and what kept others from being one. Entries outside their kind's base are none."""
        found: list[Entry] = []
        problems: list[Problem] = []
        for dn, values in raws:
            attributes = {name.lower(): value for name, value in values.items()}
            kind = self._kind_of(dn, attributes)
            entry: Entry | None = None
            try:
                if kind == "person":
                    entry = person_entry(attributes, self._person, dn, disabled=self.names.disabled.lower())
                elif kind == "unit":
                    entry = unit_entry(attributes, self._unit, dn)
                elif kind == "group":
                    entry = group_entry(self._with_all_members(dn, attributes), self._group, dn)
            except ValueError:
                problems.append(Problem("no_username", dn, {}))
            if entry is not None and entry.entry_uuid is None:
                problems.append(Problem("no_key", dn, {}))
            elif entry is not None:
                self.newest = max(self.newest, _text(attributes, self._modified))
                found.append(entry)
        return found, problems

    def _kind_of(self, dn: str, attributes: dict[str, list[bytes]]) -> str:
        classes = {one.decode("ascii", "replace").lower() for one in attributes.get("objectclass", ())}
        kinds = (
            ("group", self.names.group_class, "groups"),
            ("unit", self.names.unit_class, "units"),
            ("person", self.names.person_class, "people"),
        )
        for kind, name, base in kinds:
            if name in classes:
                below = self._bases[base]
                is_inside = below == self._bases["all"] or f",{canonical_dn(dn)}".endswith(f",{below}")
                return kind if is_inside else ""
        return ""

    def _key_of(self, kind: str, attributes: dict[str, list[bytes]]) -> UUID | None:
        mapping = {"person": self._person, "unit": self._unit, "group": self._group}[kind]
        raw = (attributes.get(mapping["entry_uuid"]) or [b""])[0]
        try:
            return UUID(bytes_le=raw) if len(raw) == 16 else UUID(raw.decode("ascii"))
        except ValueError:
            return None

    def _with_all_members(self, dn: str, attributes: dict[str, list[bytes]]) -> dict[str, list[bytes]]:
        """Active Directory hands out 1,500 members at a time, as `member;range=0-1499`, until `member;range=1500-*`."""
        member = self._group["members"]
        part = next((name for name in attributes if name.startswith(f"{member};range=")), "")
        members = list(attributes.get(part, ())) if part else []
        while part and not part.endswith("-*"):
            start = int(part.rpartition("-")[2]) + 1
            found = self._connection.search_s(dn, ldap.SCOPE_BASE, attrlist=[f"{member};range={start}-*"])
            more = {name.lower(): value for name, value in found[0][1].items()} if found else {}
            part = next((name for name in more if name.startswith(f"{member};range=")), "")
            members += more.get(part, [])
        return {**attributes, member: members} if members else attributes

    @property
    def _all_filter(self) -> str:
        return f"(|{self.names.people_filter}{self.names.units_filter}{self.names.groups_filter})"

    @property
    def _attributes(self) -> list[str]:
        return sorted({one for kind in ("person", "unit", "group") for one in self._attributes_of(kind)})

    def _attributes_of(self, kind: str) -> list[str]:
        if kind == "person":
            own = self.names.person_attributes
        else:
            own = [one for one in {"unit": self.names.unit, "group": self.names.group}[kind].values() if one]
        return sorted({*own, "objectClass", self.names.modified})


def _text(attributes: dict[str, list[bytes]], name: str) -> str:
    return (attributes.get(name) or [b""])[0].decode("ascii", "replace")


def _key_text(attribute: str, key: UUID) -> str:
    """A stable key as a filter spells it."""
    if attribute.lower() == "objectguid":
        return "".join(f"\\{one:02x}" for one in key.bytes_le)
    return key.hex.upper() if attribute.lower() == "dominounid" else str(key)
