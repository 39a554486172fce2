"""The page of a person and their vCard."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from communities.actions import create_community, start_topic
from directory import actions
from directory.models import Person, Position, Unit
from foundation.spaces.models import Membership, Role, Space
from tests.conftest import fresh, make_person

from .conftest import queries_of
from .test_photos import picture

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def main(answer: Any) -> str:
    return answer.content.decode().split("<main")[1]


def card_of(client: Client, person: Person) -> tuple[str, list[str]]:
    """The card as sent, and its lines put together again."""
    answer = client.get(f"/people/{person.uuid}/card.vcf")
    assert answer.status_code == 200 and answer["Content-Type"] == "text/vcard; charset=utf-8"
    raw = answer.content.decode()
    return raw, raw.replace("\r\n ", "").split("\r\n")


def test_everything_to_reach_and_place_somebody(borough: Unit, colleague: Person, sign_in: SignIn) -> None:
    shown = make_person(
        "ines.infra",
        unit=borough,
        title_fr="Ingénieure",
        title_en="Engineer",
        phone="514 555-0117, poste 9481",
        email="ines.infra@ville.example",
        site="Édifice Lucien-Saulnier",
        room="3.201",
        notes_name="Ines Infra/VERDUN/Ville",
    )
    page = main(sign_in(colleague).get(f"/people/{shown.uuid}/"))
    for text in (
        "tel:+15145550117,9481",
        "mailto:ines.infra@ville.example",
        "Édifice Lucien-Saulnier",
        "3.201",
        "Ines Infra/VERDUN/Ville",
        f"/units/{borough.uuid}/",
        "Ville",
        f"/people/{shown.uuid}/card.vcf",
    ):
        assert text in page
    # What is one's own to change is offered to nobody else.
    assert "/settings/profile/" not in page and "/absences/" not in page
    mine = main(sign_in(shown).get(f"/people/{shown.uuid}/"))
    assert "/settings/profile/" in mine and "/settings/responsibilities/" in mine and "/absences/" in mine


def test_several_positions_with_acting_and_dates(borough: Unit, city: Unit, colleague: Person, sign_in: SignIn) -> None:
    shown = make_person("pia.poste", unit=borough, title_fr="Cheffe")
    today = timezone.localdate()
    client = sign_in(colleague)
    Position.objects.create(person=shown, unit=borough, starts=today - timedelta(days=900))
    assert f"/units/{city.uuid}/" in main(client.get(f"/people/{shown.uuid}/"))
    assert "badge--action" not in main(client.get(f"/people/{shown.uuid}/"))
    until = today + timedelta(days=30)
    Position.objects.create(
        person=shown, unit=city, kind="acting_head", source="portal", starts=today - timedelta(days=3), ends=until
    )
    Position.objects.create(
        person=shown,
        unit=city,
        title_fr="Ancien poste",
        starts=today - timedelta(days=90),
        ends=today - timedelta(days=9),
    )
    page = main(client.get(f"/people/{shown.uuid}/"))
    assert "badge--action" in page and f"{until.day}" in page and "Ancien poste" not in page


def test_manager_and_team_stand_around_the_person(city: Unit, colleague: Person, sign_in: SignIn) -> None:
    boss = make_person("berthe.boss", unit=city)
    middle = make_person("mia.milieu", unit=city, manager=boss)
    for number in range(14):
        make_person(f"t{number:02}.equipe", unit=city, manager=middle)
    actions.leave([make_person("parti.equipe", unit=city, manager=middle).pk])
    page = main(sign_in(colleague).get(f"/people/{middle.uuid}/"))
    assert page.index("Berthe Boss") < page.index("person-tree__self") < page.index("T00 Equipe")
    assert "T11 Equipe" in page and "T12 Equipe" not in page and "Parti" not in page


def test_communities_and_contributions_are_those_the_reader_may_read(
    borough: Unit, host: Person, colleague: Person, topic: Any, sign_in: SignIn
) -> None:
    hidden = create_community(actor=fresh(host), name_fr="Comité secret", access=Space.Access.HIDDEN)
    start_topic(hidden, "Sujet secret", "Chut.", actor=fresh(host))
    page = main(sign_in(colleague).get(f"/people/{host.uuid}/"))
    assert topic.title in page and "Béton et chaussées" in page
    assert "secret" not in page
    Membership.objects.create(space=hidden, person=colleague, role=Role.READER)
    page = main(sign_in(fresh(colleague)).get(f"/people/{host.uuid}/"))
    assert "Sujet secret" in page and "Comité secret" in page


def test_costs_the_same_however_much_there_is_to_show(
    borough: Unit, city: Unit, colleague: Person, host: Person, sign_in: SignIn
) -> None:
    shown = make_person("riche.plein", unit=borough, manager=host)
    make_person("premier.sous", unit=city, manager=shown)
    first = create_community(actor=fresh(shown), name_fr="Première")
    start_topic(first, "Premier sujet", "Texte", actor=fresh(shown))
    today = timezone.localdate()
    actions.enter_absence(shown, today, today, actor=shown, replacement=host)
    client = sign_in(colleague)
    address = f"/people/{shown.uuid}/"
    few = queries_of(client, address)
    for number in range(8):
        make_person(f"s{number}.sous", unit=city, manager=shown)
        space = create_community(actor=fresh(shown), name_fr=f"Communauté {number}")
        start_topic(space, f"Sujet {number}", "Texte", actor=fresh(shown))
        Position.objects.create(person=shown, unit=city, kind="head", starts=today)
    languages = dict.fromkeys(("fr", "en", "es", "it", "pt"), 2)
    actions.change_profile(shown, actor=shown, languages=languages, skills=[f"Savoir {n}" for n in range(20)])
    actions.set_photo(shown, picture(), actor=shown)
    assert queries_of(client, address) == few
    assert few <= 18


def test_who_left_and_who_one_may_not_see_are_not_found(
    member: Person, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    actions.leave([member.pk])
    for address in (f"/people/{member.uuid}/", f"/people/{member.uuid}/card.vcf"):
        assert sign_in(colleague).get(address).status_code == 404
    client = sign_in(outsider)
    assert client.get(f"/people/{colleague.uuid}/card.vcf").status_code == 404
    own = client.get(f"/people/{outsider.uuid}/")
    assert own.status_code == 200
    # An external sees nobody else, not even above themselves.
    Person.objects.filter(pk=outsider.pk).update(manager=colleague)
    assert colleague.name not in main(sign_in(fresh(outsider)).get(f"/people/{outsider.uuid}/"))


def test_card_escapes_folds_and_carries_the_photo(borough: Unit, colleague: Person, sign_in: SignIn) -> None:
    shown = make_person(
        "elo.long",
        given_name="Éloïse",
        family_name="L’Écuyer; dite,\\ Côté",
        unit=borough,
        title_fr="Conseillère en « très » longue planification, Côte-des-Neiges–Notre-Dame\r\nNOTE:injecté",
        phone="514 555-0117",
        email="eloise@ville.example",
    )
    actions.set_photo(shown, picture(), actor=shown)
    raw, lines = card_of(sign_in(colleague), fresh(shown))
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:3.0"] and lines[-2:] == ["END:VCARD", ""]
    assert "N:L’Écuyer\\; dite\\,\\\\ Côté;Éloïse;;;" in lines
    assert not any(line.startswith("NOTE") for line in lines)
    assert any(line.startswith("TITLE:Conseillère") and line.endswith("\\nNOTE:injecté") for line in lines)
    assert "TEL;TYPE=WORK,VOICE:514 555-0117" in lines and f"UID:urn:uuid:{shown.uuid}" in lines
    assert any(line.startswith("PHOTO;ENCODING=b;TYPE=JPEG:/9j/") for line in lines)
    assert all(len(line.encode()) <= 75 for line in raw.split("\r\n"))
    assert "\n" not in raw.replace("\r\n", "")


def test_card_names_people_as_they_wish_to_be_called(member: Person, colleague: Person, sign_in: SignIn) -> None:
    actions.change_profile(member, actor=member, preferred_name="Maxime")
    raw, lines = card_of(sign_in(colleague), member)
    assert "N:Membre;Maxime;;;" in lines and "FN:Maxime Membre" in lines
    assert "Marc" not in raw
    # Nor does the page tell the former name to others.
    assert "Marc" not in main(sign_in(colleague).get(f"/people/{member.uuid}/"))


def test_html_in_what_ldap_says_is_text(borough: Unit, colleague: Person, sign_in: SignIn) -> None:
    shown = make_person(
        "x.ss", unit=borough, title_fr="<script>alert(1)</script>", site="<b>Site</b>", phone='1" onx="'
    )
    page = main(sign_in(colleague).get(f"/people/{shown.uuid}/"))
    assert "<script>" not in page and "<b>Site" not in page and '" onx="' not in page
