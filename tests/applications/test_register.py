"""The register of applications: keeping it, changing an entry, its life, its trash."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.actions import change_application, plan_retirement, put_in_service
from applications.models import Application, Stage
from directory.models import Person, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.spaces.models import Space
from tests.applications.entries import add, make_keeper, make_register, typed
from tests.conftest import forget_cache, fresh, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(borough: Unit) -> Person:
    return make_keeper(borough)


@pytest.fixture
def register(borough: Unit, keeper: Person) -> Space:
    return make_register(borough, keeper)


@pytest.fixture
def entry(register: Space, keeper: Person) -> Application:
    return add(register, keeper)


def told(person: Person) -> list[str]:
    """The verbs of what `person` was told and did not read."""
    return [one.activity.verb for one in Notification.objects.unread_for(fresh(person), 50)]


def stamp_in(page: Any) -> str:
    found = re.search(r'name="based_on" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


# -- who keeps it -----------------------------------------------------------------------------------------------------


def test_the_register_is_for_its_keepers_and_owners(
    sign_in: Callable[..., Client], entry: Application, keeper: Person, member: Person, colleague: Person
) -> None:
    assert sign_in(keeper).get("/apps/register/").status_code == 200
    refused = sign_in(colleague).get("/apps/register/")
    assert refused.status_code == 403
    assert "tiennent le registre" in refused.content.decode()
    change_application(entry, {"owner": member}, actor=fresh(keeper))
    page = sign_in(member).get("/apps/register/").content.decode()
    assert "Permis en ligne" in page
    # Who owns one application adds no others.
    assert "/apps/register/new/" not in page
    assert sign_in(member).get("/apps/register/new/").status_code == 403
    assert sign_in(member).get(f"/apps/{entry.uuid}/edit/").status_code == 200


def test_who_sees_an_entry_without_keeping_it_changes_nothing(
    sign_in: Callable[..., Client], entry: Application, colleague: Person, outsider: Person
) -> None:
    for path in ("edit", "life", "history", "access"):
        address = f"/apps/{entry.uuid}/{path}/"
        assert sign_in(colleague).get(address).status_code == 403, path
        assert sign_in(outsider).get(address).status_code == 404, path
    for path in ("trash", "edit", "life", "access/give"):
        address = f"/apps/{entry.uuid}/{path}/"
        assert sign_in(colleague).post(address, typed(do="retire", title_fr="Volé")).status_code == 403, path
        assert sign_in(outsider).post(address, typed(do="retire")).status_code == 404, path
    entry.refresh_from_db()
    assert (entry.title, entry.stage, entry.state) == ("Permis en ligne", "in_service", "published")


def test_the_list_shows_only_what_one_keeps(
    sign_in: Callable[..., Client], register: Space, entry: Application, keeper: Person, member: Person, borough: Unit
) -> None:
    add(register, keeper, "Paie", owner=member)
    # Of another register, which everyone reads.
    other_keeper = make_person("olga.autre", unit=borough)
    other = Space.objects.create(
        kind=Space.Kind.UNIT, slug="autre", name_fr="Autre", name_en="Other", audience=register.audience
    )
    other.memberships.create(person=other_keeper, role=30)
    add(other, other_keeper, "Géomatique")
    mine = sign_in(member).get("/apps/register/").content.decode()
    assert "Paie" in mine
    assert "Permis en ligne" not in mine
    theirs = sign_in(keeper).get("/apps/register/").content.decode()
    assert "Paie" in theirs and "Permis en ligne" in theirs
    assert "Géomatique" not in theirs


def test_search_filters_and_sort(
    sign_in: Callable[..., Client], register: Space, entry: Application, keeper: Person, member: Person
) -> None:
    add(register, keeper, "Écoles", category="hr", stage="pilot", owner=member)
    add(register, keeper, "Zonage", category="maps")
    client = sign_in(keeper)

    def listed(query: str) -> list[str]:
        return re.findall(
            r'class="row__title" href="[^"]+">([^<]+)<', client.get(f"/apps/register/?{query}").content.decode()
        )

    # Sorted as the language sorts: É is an E.
    assert listed("") == ["Écoles", "Permis en ligne", "Zonage"]
    assert listed("q=zonage") == ["Zonage"]
    assert listed("stage=pilot") == ["Écoles"]
    assert listed("category=maps") == ["Zonage"]
    assert listed(f"owner={member.uuid}") == ["Écoles"]
    assert listed("status=unknown&category=maps") == ["Zonage"]
    assert listed("sort=changed")[0] == "Zonage"
    assert listed("sort=stage")[0] == "Écoles"
    # What is no choice narrows nothing, and breaks nothing.
    assert len(listed("stage=%00x&category=zzz&owner=me&after=-5&sort=;drop")) == 3
    assert listed("q=%00") == listed("")
    assert "Aucune application ne répond" in client.get("/apps/register/?q=introuvable").content.decode()


def test_the_file_of_the_register_runs_no_formula(
    sign_in: Callable[..., Client], register: Space, keeper: Person
) -> None:
    add(register, keeper, "=HYPERLINK(1)", support_name="+cmd")
    answer = sign_in(keeper, "fr").get("/apps/register/export/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0][0] == "Nom en français"
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert "'+cmd" in rows[1]
    assert len(rows) == 2


def test_as_many_queries_for_one_as_for_thirty(
    sign_in: Callable[..., Client], register: Space, entry: Application, keeper: Person, borough: Unit
) -> None:
    client = sign_in(keeper)

    def queries(address: str) -> int:
        client.get(address)
        forget_cache()
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    before = queries("/apps/register/"), queries("/apps/register/?q=e&sort=owner")
    for number in range(29):
        add(register, keeper, f"Outil {number}", owner=make_person(f"p{number}.essai", unit=borough))
    assert (queries("/apps/register/"), queries("/apps/register/?q=e&sort=owner")) == before


# -- an entry ---------------------------------------------------------------------------------------------------------


def test_a_new_entry_tells_its_audience_once(
    sign_in: Callable[..., Client], register: Space, keeper: Person, colleague: Person, outsider: Person, deliver: Any
) -> None:
    client, key = sign_in(keeper), str(uuid4())
    page = client.get("/apps/register/new/").content.decode()
    assert 'name="sending_key"' in page
    first = client.post("/apps/register/new/", typed(space=register.pk, sending_key=key))
    again = client.post("/apps/register/new/", typed(space=register.pk, sending_key=key))
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    made = Application.objects.get()
    assert (made.title, made.title_translated, made.owner, made.stage) == (
        "Permis en ligne", "Permits online", keeper, "in_service",
    )  # fmt: skip
    deliver()
    # One row for everyone, however many they are.
    assert Notification.objects.filter(activity__content_id=made.pk).count() == 1
    assert told(colleague) == ["applications.put_in_service"]
    assert told(outsider) == []


def test_an_announced_entry_tells_nobody(
    sign_in: Callable[..., Client], register: Space, keeper: Person, colleague: Person, deliver: Any
) -> None:
    later = timezone.localtime() + timedelta(days=3)
    sent = typed(space=register.pk, stage="announced", service_from=later.strftime("%Y-%m-%dT%H:%M"))
    made = sign_in(keeper).post("/apps/register/new/", sent)
    assert made.status_code == 302
    deliver()
    assert told(colleague) == []
    page = sign_in(colleague, "fr").get(made["Location"]).content.decode()
    assert "Elle ouvre dès le" in page
    assert f"/apps/{Application.objects.get().uuid}/open/" not in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_fr": "   "}, "title_fr"),
        ({"title_en": ""}, "title_en"),
        ({"address": ""}, "address"),
        ({"address": "javascript:alert(1)"}, "address"),
        ({"address": "ftp://fichiers.ville.example/"}, "address"),
        ({"address": "data:text/html,x"}, "address"),
        ({"opens_with": "phone"}, "phone"),
        ({"phone": "appelez Jean"}, "phone"),
        ({"desktop_address": "javascript:alert(1)"}, "desktop_address"),
        ({"desktop_address": "file:///etc/passwd"}, "desktop_address"),
        ({"desktop_address": 'sap:"><script>'}, "desktop_address"),
        ({"notes_link": "javascript:alert(1)"}, "notes_link"),
        ({"notes_link": "notes://serveur/a\nonload=x"}, "notes_link"),
        ({"icon": "nulle-part"}, "icon"),
        ({"support_email": "pas une adresse"}, "support_email"),
        ({"help_address": "vbscript:x"}, "help_address"),
        ({"owner": "personne.ici"}, "owner"),
        ({"order": "-1"}, "order"),
        ({"review_due": "demain"}, "review_due"),
        ({"stage": "pilot", "service_from": "2030-01-01T08:00"}, "service_from"),
        ({"stage": "retired"}, "stage"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(
    sign_in: Callable[..., Client], register: Space, keeper: Person, changes: dict[str, Any], field: str
) -> None:
    sent = typed(space=register.pk, description_fr="Un texte long à ne pas perdre", **changes)
    answer = sign_in(keeper).post("/apps/register/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert "Un texte long à ne pas perdre" in page
    assert not Application.objects.exists()


def test_every_door_is_kept_and_shown(
    sign_in: Callable[..., Client], register: Space, keeper: Person, colleague: Person
) -> None:
    sent = typed(
        space=register.pk,
        notes_link="http://serveur.ville.example/__85256B45000EF27A.nsf/0/6A1D0E5C43B2F77085257D51005A9E34?OpenDocument",
        desktop_address="sap-gui:prod/100",
        phone="514 555-0100,4321",
        support_phone="+1 514 555-0199",
        support_email="aide@ville.example",
    )
    made = sign_in(keeper).post("/apps/register/new/", sent)["Location"]
    page = sign_in(colleague).get(made).content.decode()
    assert f'href="{made}open/"' in page
    assert 'href="sap-gui:prod/100"' in page
    assert 'href="tel:5145550100,4321"' in page
    assert 'href="tel:+15145550199"' in page
    assert 'href="mailto:aide@ville.example"' in page
    # Read from any form, kept as one, opened as each device can.
    kept = Application.objects.get()
    assert kept.notes_link.startswith(
        "notes://serveur.ville.example/85256B45000EF27A/0/6A1D0E5C43B2F77085257D51005A9E34"
    )
    assert 'href="/notes/85256B45000EF27A/6A1D0E5C43B2F77085257D51005A9E34/?server=serveur.ville.example"' in page


def test_a_program_or_a_telephone_is_reached_from_the_page(
    sign_in: Callable[..., Client], register: Space, keeper: Person, colleague: Person
) -> None:
    entry = add(register, keeper, opens_with="desktop", address="", desktop_address="sap-gui:prod/100")
    answer = sign_in(colleague).get(f"/apps/{entry.uuid}/open/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/apps/{entry.uuid}/"


def test_a_narrowed_entry_is_seen_by_its_audience_and_the_editors_of_the_register(
    sign_in: Callable[..., Client], register: Space, keeper: Person, colleague: Person, borough: Unit, city: Unit
) -> None:
    elsewhere = make_person("elise.ailleurs", unit=city)
    other_editor = make_person("edgar.editeur", unit=city)
    register.memberships.create(person=other_editor, role=30)
    made = sign_in(keeper).post("/apps/register/new/", typed(space=register.pk, audience=f"unit:{borough.uuid}"))
    assert sign_in(colleague).get(made["Location"]).status_code == 200
    assert sign_in(elsewhere).get(made["Location"]).status_code == 404
    assert sign_in(other_editor).get(made["Location"]).status_code == 200
    edit = sign_in(other_editor).get(f"{made['Location']}edit/").content.decode()
    assert "Verdun" in edit
    assert "editors:" not in edit


def test_nobody_answers_for_what_they_do_not_see(
    sign_in: Callable[..., Client], register: Space, keeper: Person, borough: Unit, city: Unit
) -> None:
    elsewhere = make_person("elise.ailleurs", unit=city)
    for field in ("owner", "approver"):
        sent = typed(space=register.pk, audience=f"unit:{borough.uuid}", **{field: elsewhere.username})
        answer = sign_in(keeper).post("/apps/register/new/", sent)
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Application.objects.exists()
    assert not Activity.objects.filter(verb__startswith="applications.").exists()


def test_who_saves_second_is_told_and_loses_nothing(
    sign_in: Callable[..., Client], entry: Application, keeper: Person, member: Person
) -> None:
    change_application(entry, {"owner": member}, actor=fresh(keeper))
    first, second = sign_in(keeper, "fr"), sign_in(member, "fr")
    stamps = [stamp_in(client.get(f"/apps/{entry.uuid}/edit/")) for client in (first, second)]
    ok = first.post(
        f"/apps/{entry.uuid}/edit/", typed(title_fr="Permis et licences", based_on=stamps[0], owner=member.uuid)
    )
    assert ok.status_code == 302
    late = typed(title_fr="Permis", description_fr="Ce que la seconde a écrit", based_on=stamps[1], owner=member.uuid)
    answer = second.post(f"/apps/{entry.uuid}/edit/", late)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Permis et licences" in page, "what the other saved"
    assert "Ce que la seconde a écrit" in page, "what was typed"
    entry.refresh_from_db()
    assert entry.title == "Permis et licences"
    # Having read it, one saves again.
    again = second.post(f"/apps/{entry.uuid}/edit/", {**late, "based_on": stamp_in(answer)})
    assert again.status_code == 302
    entry.refresh_from_db()
    assert (entry.title, entry.description_fr) == ("Permis", "Ce que la seconde a écrit")


def test_a_form_without_its_stamp_overwrites_nothing(
    sign_in: Callable[..., Client], entry: Application, keeper: Person
) -> None:
    answer = sign_in(keeper).post(f"/apps/{entry.uuid}/edit/", typed(title_fr="Autre", owner=keeper.uuid))
    assert answer.status_code == 422
    entry.refresh_from_db()
    assert entry.title == "Permis en ligne"


def test_history_says_who_changed_what(sign_in: Callable[..., Client], entry: Application, keeper: Person) -> None:
    client = sign_in(keeper, "fr")
    stamp = stamp_in(client.get(f"/apps/{entry.uuid}/edit/"))
    client.post(
        f"/apps/{entry.uuid}/edit/",
        typed(title_fr="Permis", entry="request", based_on=stamp, owner=keeper.uuid),
    )
    client.post(f"/apps/{entry.uuid}/life/", {"do": "pilot"})
    page = client.get(f"/apps/{entry.uuid}/history/").content.decode()
    assert "<del>Permis en ligne</del>" in page
    assert "<ins>Permis</ins>" in page
    assert "<ins>Sur demande</ins>" in page
    assert "<ins>En projet pilote</ins>" in page
    assert keeper.name in page


def test_saving_what_is_the_same_records_nothing(
    sign_in: Callable[..., Client], entry: Application, keeper: Person
) -> None:
    client = sign_in(keeper)
    sent = typed(
        title_en="Permis en ligne (en)", description_fr="", description_en="", category="work", icon="apps",
        based_on=stamp_in(client.get(f"/apps/{entry.uuid}/edit/")), owner=keeper.uuid,
    )  # fmt: skip
    before = Activity.objects.count()
    assert client.post(f"/apps/{entry.uuid}/edit/", sent).status_code == 302
    assert Activity.objects.count() == before


def test_trash_and_restore(
    sign_in: Callable[..., Client], entry: Application, keeper: Person, colleague: Person
) -> None:
    client = sign_in(keeper)
    assert client.post(f"/apps/{entry.uuid}/trash/").status_code == 302
    assert sign_in(colleague).get(f"/apps/{entry.uuid}/").status_code == 404
    assert "est dans la corbeille du registre" in client.get("/apps/register/trash/").content.decode()
    assert "Permis en ligne" not in client.get("/apps/register/").content.decode()
    assert "Permis en ligne" in client.get("/apps/register/trash/").content.decode()
    assert sign_in(colleague).post(f"/apps/{entry.uuid}/restore/").status_code == 404
    assert client.post(f"/apps/{entry.uuid}/restore/").status_code == 302
    assert sign_in(colleague).get(f"/apps/{entry.uuid}/").status_code == 200


# -- its life ---------------------------------------------------------------------------------------------------------


def test_maintenance_is_told_and_shown(
    sign_in: Callable[..., Client], entry: Application, keeper: Person, colleague: Person, deliver: Any
) -> None:
    deliver()
    Notification.objects.all().delete()
    now = timezone.localtime()
    sent = {
        "do": "maintenance",
        "maintenance_from": (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "maintenance_until": (now + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        "maintenance_fr": "Mise à jour du serveur.",
        "maintenance_en": "Server update.",
    }
    client = sign_in(keeper)
    assert client.post(f"/apps/{entry.uuid}/life/", sent).status_code == 302
    assert client.post(f"/apps/{entry.uuid}/life/", sent).status_code == 302
    deliver()
    assert told(colleague) == ["applications.maintenance_planned"], "once, however often it was sent"
    page = sign_in(colleague, "fr").get(f"/apps/{entry.uuid}/").content.decode()
    assert "En entretien" in page
    assert "Mise à jour du serveur." in page
    assert client.post(f"/apps/{entry.uuid}/life/", {"do": "end_maintenance"}).status_code == 302
    assert "En entretien" not in sign_in(colleague, "fr").get(f"/apps/{entry.uuid}/").content.decode()


def test_a_maintenance_that_cannot_be_is_said_beside_its_field(
    sign_in: Callable[..., Client], entry: Application, keeper: Person
) -> None:
    client = sign_in(keeper)
    for begins, ends in (("2030-01-02T08:00", "2030-01-01T08:00"), ("2020-01-01T08:00", "2020-01-02T08:00"), ("x", "")):
        sent = {"do": "maintenance", "maintenance_from": begins, "maintenance_until": ends, "maintenance_fr": "Gardé"}
        answer = client.post(f"/apps/{entry.uuid}/life/", sent)
        assert answer.status_code == 422
        assert "Gardé" in answer.content.decode()
        assert "id_maintenance_until_error" in answer.content.decode()


def test_retirement_leads_to_the_successor(
    sign_in: Callable[..., Client], register: Space, entry: Application, keeper: Person, colleague: Person, deliver: Any
) -> None:
    after = add(register, keeper, "Permis 2")
    deliver()
    Notification.objects.all().delete()
    client, day = sign_in(keeper), (timezone.localdate() + timedelta(days=30)).isoformat()
    sent = {"do": "retirement", "retires_on": day, "successor": str(after.uuid)}
    assert client.post(f"/apps/{entry.uuid}/life/", sent).status_code == 302
    deliver()
    assert told(colleague) == ["applications.retirement_planned"]
    page = sign_in(colleague).get(f"/apps/{entry.uuid}/").content.decode()
    assert f'href="/apps/{after.uuid}/"' in page
    assert f'href="/apps/{entry.uuid}/open/"' in page, "it still opens"
    assert client.post(f"/apps/{entry.uuid}/life/", {"do": "retire"}).status_code == 302
    page = sign_in(colleague).get(f"/apps/{entry.uuid}/").content.decode()
    assert f'href="/apps/{entry.uuid}/open/"' not in page
    assert f'href="/apps/{after.uuid}/"' in page
    assert sign_in(colleague).get(f"/apps/{entry.uuid}/open/")["Location"] == f"/apps/{entry.uuid}/"
    client.post(f"/apps/{entry.uuid}/life/", {"do": "service"})
    entry.refresh_from_db()
    assert (entry.stage, entry.retires_on) == ("in_service", None)


def test_a_successor_is_one_that_the_keeper_sees_and_the_reader_too(
    sign_in: Callable[..., Client], register: Space, entry: Application, keeper: Person, colleague: Person, city: Unit
) -> None:
    secret_keeper = make_person("sylvie.secret", unit=city)
    hidden = Space.objects.create(
        kind=Space.Kind.UNIT, slug="secret", name_fr="Secret", name_en="Secret", access="hidden"
    )
    hidden.memberships.create(person=secret_keeper, role=40)
    secret = add(hidden, secret_keeper, "Projet secret")
    client, day = sign_in(keeper), timezone.localdate() + timedelta(days=3)
    assert "Projet secret" not in client.get(f"/apps/{entry.uuid}/life/").content.decode()
    sent = {"do": "retirement", "retires_on": day.isoformat(), "successor": str(secret.uuid)}
    assert client.post(f"/apps/{entry.uuid}/life/", sent).status_code == 422
    with pytest.raises(ValidationError):
        plan_retirement(entry, actor=fresh(keeper), retires_on=day, successor=secret)
    # What the keeper sees and the reader does not is not named to the reader.
    narrow = add(register, keeper, "Pour les élus", audience=audience_of({principal("person", keeper.pk)}))
    plan_retirement(entry, actor=fresh(keeper), retires_on=day, successor=narrow)
    assert "Pour les élus" not in sign_in(colleague).get(f"/apps/{entry.uuid}/").content.decode()


def test_successors_make_no_circle(register: Space, entry: Application, keeper: Person) -> None:
    after, day = add(register, keeper, "Permis 2"), timezone.localdate()
    plan_retirement(entry, actor=fresh(keeper), retires_on=day, successor=after)
    with pytest.raises(ValidationError):
        plan_retirement(after, actor=fresh(keeper), retires_on=day, successor=entry)
    with pytest.raises(ValidationError):
        plan_retirement(entry, actor=fresh(keeper), retires_on=day, successor=entry)


def test_going_into_service_twice_tells_once(register: Space, keeper: Person, colleague: Person, deliver: Any) -> None:
    entry = add(register, keeper, stage="announced")
    put_in_service(entry, actor=fresh(keeper))
    moment = Application.objects.get().service_from
    put_in_service(entry, actor=fresh(keeper))
    deliver()
    deliver()
    assert told(colleague) == ["applications.put_in_service"]
    found = Application.objects.get()
    assert (found.stage, found.service_from) == (Stage.IN_SERVICE, moment)
    assert moment is not None


def test_an_unknown_step_does_nothing(sign_in: Callable[..., Client], entry: Application, keeper: Person) -> None:
    before = Activity.objects.count()
    assert sign_in(keeper).post(f"/apps/{entry.uuid}/life/", {"do": "explode"}).status_code == 200
    assert Activity.objects.count() == before


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("stage", [one.value for one in Stage])
def test_every_page_of_an_entry_is_drawn(
    sign_in: Callable[..., Client], register: Space, keeper: Person, stage: str, language: str
) -> None:
    entry = add(register, keeper, stage=stage, entry="request", help_fr="Aide", support_name="Équipe")
    client = sign_in(keeper, language)
    for path in ("", "edit/", "life/", "history/", "access/"):
        assert client.get(f"/apps/{entry.uuid}/{path}").status_code == 200, path
