"""People with sessions and the rooms they share: real ones, so that whoever opens a room is asked for everything."""

from pathlib import Path
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from pycrdt import Doc, Map, Text

from communities.actions import create_community
from directory.actions import create_person, create_unit
from directory.models import Person
from directory.sessions import SessionStore
from foundation.realtime.documents import document_of
from foundation.spaces.models import Membership, Role
from whiteboards.actions import create_board

from .scenarios import Place

KIND = "board"


class City:
    """So many members of one community, signed in."""

    def __init__(self, people: int) -> None:
        unit = create_unit("VILLE", "Ville", name_en="City", kind="city")
        self._author = create_person(username="auteur", given_name="Anne", family_name="Auteur", unit=unit)
        Person.objects.bulk_create(
            Person(username=f"p{number}", given_name="P", family_name=str(number), unit=unit, kind="employee")
            for number in range(people)
        )
        members = list(Person.objects.exclude(pk=self._author.pk))
        self._space = create_community(actor=self._author, name_fr="Déneigement", name_en="Snow")
        Membership.objects.bulk_create(
            Membership(space=self._space, person=one, role=Role.CONTRIBUTOR) for one in members
        )
        self._cookies = [_signed_in(one) for one in members]

    def place(self, rooms: int) -> Place:
        """New boards, on which nobody has drawn yet."""
        names = [self._room(number) for number in range(rooms + 2)]
        return Place(names[0], names[1:-1], names[-1], self._cookies)

    def _room(self, number: int) -> str:
        return f"{KIND}/{create_board(f'Tableau {number}', actor=self._author, space=self._space).uuid}"

    def differences(self, place: Place, folder: Path) -> list[str]:
        """The rooms whose database does not replay to what was written (which the load generator left in `folder`)."""
        return [f"{name} does not replay to what was written" for name in place.names if not _is_same(name, folder)]


def _signed_in(person: Person) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "directory.backends.LocalBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return f"parvis_session={store.session_key}"


def _is_same(name: str, folder: Path) -> bool:
    kind, uuid = name.split("/")
    written: Doc = Doc()
    written.apply_update((folder / f"{name.replace('/', '_')}.bin").read_bytes())
    return _content(document_of(kind, UUID(uuid))) == _content(written)


def _content(doc: Doc) -> tuple[object, ...]:
    return doc.get("elements", type=Map).to_py(), str(doc.get("text", type=Text)), doc.get_state()
