"""What the tests of the launcher share: a register, applications in it, and what a page says."""

import re
from typing import Any

from django.test import Client

from applications.actions import add_application
from applications.models import Application
from directory.models import Person
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE
from foundation.spaces.actions import create_space
from foundation.spaces.models import Membership, Role, Space


def register_of(keeper: Person) -> Space:
    """The register of applications, which `keeper` edits."""
    space = create_space(
        Space.Kind.UNIT, actor=keeper, name_fr="Registre", name_en="Register", audience=audience_of({EVERYONE})
    )
    Membership.objects.get_or_create(space=space, person=keeper, defaults={"role": Role.OWNER})
    return space


def application(register: Space, keeper: Person, title: str, **said: Any) -> Application:
    """An application in service for more than a month, unless said otherwise."""
    values: dict[str, Any] = {"title_translated": f"{title} (en)", "address": "https://outil.ville.example/", **said}
    return add_application(register, actor=keeper, title=title, **values)


def section(html: str, key: str) -> str:
    """The part of the launcher's page of that key; empty when there is none."""
    found = re.search(rf'<section[^>]*(?:id|data-section)="{key}".*?</section>', html, re.S)
    return found[0] if found else ""


def names(html: str) -> list[str]:
    """The names of the tiles, in order; those that are hidden left out."""
    tiles = re.findall(r'<li( hidden)? class="app.*?</li>', html, re.S)
    shown = re.findall(r'<li class="app.*?</li>', html, re.S)
    assert len(tiles) >= len(shown)
    return [re.search(r'class="app__name"[^>]*>([^<]*)<', one)[1] for one in shown]  # type: ignore[index]


def favourites(client: Client) -> list[str]:
    """The names of the favourites as the launcher shows them."""
    return names(section(client.get("/apps/").content.decode(), "favourites"))
