"""A register of applications, its keeper, and entries of it."""

from typing import Any

from applications.actions import add_application
from applications.models import Application
from directory.models import Person, Unit
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE
from foundation.spaces.models import Membership, Role, Space
from tests.conftest import fresh, make_person


def make_register(unit: Unit, keeper: Person) -> Space:
    """A register that everyone reads, kept by `keeper`."""
    space = Space.objects.create(
        kind=Space.Kind.UNIT,
        slug="applications",
        name_fr="Applications de la Ville",
        name_en="City applications",
        audience=audience_of({EVERYONE}),
    )
    Membership.objects.create(space=space, person=keeper, role=Role.EDITOR)
    return space


def make_keeper(unit: Unit) -> Person:
    return make_person("karim.registre", unit=unit)


def add(space: Space, keeper: Person, title: str = "Permis en ligne", **said: Any) -> Application:
    """An application of the register, open to everyone unless said otherwise."""
    values = {"title_translated": f"{title} (en)", "address": "https://permis.ville.example/", **said}
    return add_application(space, actor=fresh(keeper), title=title, **values)


def typed(**changes: Any) -> dict[str, Any]:
    """What a browser sends of the form of an entry."""
    return {
        "title_fr": "Permis en ligne",
        "title_en": "Permits online",
        "description_fr": "Demander un permis.",
        "description_en": "Ask for a permit.",
        "category": "citizens",
        "icon": "map",
        "opens_with": "web",
        "address": "https://permis.ville.example/",
        "entry": "open",
        "order": "100",
        "stage": "in_service",
        **changes,
    }
