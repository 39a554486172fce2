"""Access on request: asking, answering, standing in, withdrawing; and who may do none of it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.actions import (
    agree_with_request,
    announce_ends,
    change_application,
    give_access,
    grant_access,
    refuse_access,
    request_access,
    settle_requests,
)
from applications.actions.access import MOST_WAITING
from applications.models import AccessGrant, AccessRequest, Application
from directory.models import Absence, Person, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import Refused, ask, people_who_can
from foundation.audiences.principals import principal
from foundation.spaces.models import Space
from tests.applications.entries import add, make_keeper, make_register
from tests.conftest import forget_cache, fresh, make_person

pytestmark = pytest.mark.django_db
State = AccessRequest.State


@pytest.fixture
def keeper(borough: Unit) -> Person:
    return make_keeper(borough)


@pytest.fixture
def register(borough: Unit, keeper: Person) -> Space:
    return make_register(borough, keeper)


@pytest.fixture
def owner(borough: Unit) -> Person:
    """Owns `entry`, and keeps nothing else."""
    return make_person("odile.proprio", unit=borough)


@pytest.fixture
def approver(borough: Unit) -> Person:
    return make_person("andre.appro", unit=borough)


@pytest.fixture
def manager(borough: Unit) -> Person:
    return make_person("manon.gestion", unit=borough)


@pytest.fixture
def asker(borough: Unit, manager: Person) -> Person:
    return make_person("rosalie.demande", unit=borough, manager=manager)


@pytest.fixture
def entry(register: Space, keeper: Person, owner: Person, approver: Person) -> Application:
    """On request, with an approver."""
    return add(register, keeper, entry="request", owner=owner, approver=approver)


def asked(entry: Application, person: Person, **said: Any) -> AccessRequest:
    return request_access(entry, actor=fresh(person), **{"reason": "Pour mon travail.", **said})


def told(person: Person) -> list[str]:
    return [one.activity.verb for one in Notification.objects.unread_for(fresh(person), 50)]


def opens(sign_in: Callable[..., Client], person: Person, entry: Application) -> bool:
    """Whether its door lets `person` through."""
    answer = sign_in(person).get(f"/apps/{entry.uuid}/open/")
    return bool(answer.status_code == 302 and answer["Location"] == entry.address)


def away(person: Person, stand_in: Person) -> None:
    today = timezone.localdate()
    Absence.objects.create(person=person, by=person, replacement=stand_in, starts=today, ends=today + timedelta(days=3))


# -- the way of a request -------------------------------------------------------------------------------------------


def test_asking_being_answered_and_opening(
    sign_in: Callable[..., Client], entry: Application, asker: Person, approver: Person, owner: Person, deliver: Any
) -> None:
    deliver()
    Notification.objects.all().delete()
    mine = sign_in(asker, "fr")
    assert not opens(sign_in, asker, entry)
    page = mine.get(f"/apps/{entry.uuid}/").content.decode()
    assert "Demander l’accès" in page
    assert "https://permis.ville.example/" not in page, "no door before access"
    sent = mine.post(f"/apps/{entry.uuid}/ask/", {"reason": "Je délivre des permis."})
    assert sent.status_code == 302
    deliver()
    assert told(approver) == ["applications.access_asked"]
    assert told(owner) == []
    assert "Votre demande est en route" in mine.get(f"/apps/{entry.uuid}/").content.decode()

    theirs = sign_in(approver, "fr")
    request = AccessRequest.objects.get()
    waiting = theirs.get("/apps/access/").content.decode()
    assert asker.name in waiting
    assert "Je délivre des permis." in waiting
    shown = theirs.get(f"/apps/access/{request.uuid}/").content.decode()
    assert "Je délivre des permis." in shown
    until = timezone.localdate() + timedelta(days=10)
    assert theirs.post(f"/apps/access/{request.uuid}/grant/", {"last_day": until.isoformat()}).status_code == 302
    deliver()
    assert told(asker) == ["applications.access_granted"]
    assert opens(sign_in, asker, entry)
    assert "Vous y avez accès jusqu" in mine.get(f"/apps/{entry.uuid}/").content.decode()
    assert asker.name in theirs.get("/apps/access/").content.decode(), "among what I answered"


def test_a_refusal_says_why_and_one_may_ask_again(
    sign_in: Callable[..., Client], entry: Application, asker: Person, approver: Person, deliver: Any
) -> None:
    request = asked(entry, asker)
    theirs = sign_in(approver, "fr")
    bare = theirs.post(f"/apps/access/{request.uuid}/refuse/", {"reason": "  "})
    assert bare.status_code == 422
    assert "Dites pourquoi" in bare.content.decode()
    assert theirs.post(f"/apps/access/{request.uuid}/refuse/", {"reason": "Réservé aux permis."}).status_code == 302
    deliver()
    assert "applications.access_refused" in told(asker)
    assert "Réservé aux permis." in sign_in(asker).get(f"/apps/{entry.uuid}/").content.decode()
    assert not opens(sign_in, asker, entry)
    assert asked(entry, asker).pk != request.pk


def test_the_manager_agrees_before_the_approver_answers(
    sign_in: Callable[..., Client],
    entry: Application,
    keeper: Person,
    asker: Person,
    manager: Person,
    approver: Person,
    deliver: Any,
) -> None:
    change_application(entry, {"manager_first": True}, actor=fresh(keeper))
    deliver()
    Notification.objects.all().delete()
    request = asked(Application.objects.get(), asker)
    deliver()
    assert request.state == State.MANAGER
    assert (told(manager), told(approver)) == (["applications.access_asked"], [])
    # The approver's turn has not come.
    assert sign_in(approver).post(f"/apps/access/{request.uuid}/grant/", {}).status_code == 403
    # A manager agrees, and does not let in.
    assert sign_in(manager).post(f"/apps/access/{request.uuid}/grant/", {}).status_code == 403
    assert not AccessGrant.objects.exists()
    assert sign_in(manager).post(f"/apps/access/{request.uuid}/agree/").status_code == 302
    assert sign_in(manager).post(f"/apps/access/{request.uuid}/agree/").status_code == 302, "a second click"
    deliver()
    assert told(approver) == ["applications.access_agreed"]
    assert sign_in(manager).post(f"/apps/access/{request.uuid}/grant/", {}).status_code == 403
    assert sign_in(approver).post(f"/apps/access/{request.uuid}/grant/", {}).status_code == 302
    assert opens(sign_in, asker, entry)


def test_a_manager_who_does_not_see_the_application_is_passed_over(
    register: Space, keeper: Person, asker: Person, approver: Person, manager: Person, owner: Person
) -> None:
    only = audience_of({principal("person", one.pk) for one in (asker, approver, owner)})
    entry = add(register, keeper, entry="request", owner=owner, approver=approver, manager_first=True, audience=only)
    request = asked(entry, asker)
    assert request.state == State.APPROVER
    assert not AccessRequest.objects.visible_to(fresh(manager)).exists()


def test_whoever_has_no_manager_or_whose_manager_approves_waits_once(
    register: Space, keeper: Person, asker: Person, manager: Person, colleague: Person
) -> None:
    entry = add(register, keeper, entry="request", approver=manager, manager_first=True)
    assert asked(entry, asker).state == State.APPROVER
    assert asked(entry, colleague).state == State.APPROVER


def test_stand_ins_answer_while_one_is_away(
    sign_in: Callable[..., Client],
    entry: Application,
    asker: Person,
    approver: Person,
    colleague: Person,
    member: Person,
    deliver: Any,
) -> None:
    away(approver, colleague)
    request = asked(entry, asker)
    deliver()
    assert "applications.access_asked" in told(colleague)
    assert sign_in(member).post(f"/apps/access/{request.uuid}/grant/", {}).status_code == 404
    assert sign_in(colleague).post(f"/apps/access/{request.uuid}/grant/", {}).status_code == 302
    # Who stands in for somebody does not answer their own request.
    mine = asked(entry, colleague)
    assert sign_in(colleague).post(f"/apps/access/{mine.uuid}/grant/", {}).status_code == 403
    assert not opens(sign_in, colleague, entry)


def test_requests_outlive_those_who_answer_them(
    sign_in: Callable[..., Client], entry: Application, asker: Person, approver: Person, owner: Person, keeper: Person
) -> None:
    heir = make_person("henri.heritier", unit=owner.unit)
    Person.objects.filter(pk=owner.pk).update(manager=heir)
    request = asked(entry, asker)
    Person.objects.filter(pk=approver.pk).update(is_active=False)
    assert AccessRequest.objects.waiting_for(fresh(owner)).get() == request
    Person.objects.filter(pk=owner.pk).update(is_active=False)
    # Nobody named is left: those who keep the register answer, and are told of the next one.
    asked(Application.objects.get(), make_person("nora.nouvelle", unit=heir.unit)).delete()
    assert Activity.objects.order_by("pk").last().data["told"] == [keeper.pk]
    assert AccessRequest.objects.waiting_for(fresh(keeper)).get() == request
    Application.objects.filter(pk=entry.pk).update(owner=heir)
    assert sign_in(heir).post(f"/apps/access/{request.uuid}/grant/", {}).status_code == 302
    assert opens(sign_in, asker, entry)


# -- who may not ------------------------------------------------------------------------------------------------------


def test_what_one_does_not_see_one_does_not_ask_for(
    sign_in: Callable[..., Client], entry: Application, outsider: Person
) -> None:
    client = sign_in(outsider)
    assert client.post(f"/apps/{entry.uuid}/ask/", {"reason": "x"}).status_code == 404
    assert client.get(f"/apps/{entry.uuid}/access/").status_code == 404
    with pytest.raises(Refused):
        asked(entry, outsider)
    assert not AccessRequest.objects.exists()


def test_only_those_it_waits_for_answer(
    sign_in: Callable[..., Client],
    register: Space,
    entry: Application,
    asker: Person,
    keeper: Person,
    owner: Person,
    manager: Person,
    colleague: Person,
    borough: Unit,
) -> None:
    request = asked(entry, asker)
    elsewhere = make_person("autre.appro", unit=borough)
    add(register, keeper, "Autre", entry="request", approver=elsewhere)
    # The approver of another application, a colleague, the manager: they do not even know of it.
    for person in (elsewhere, colleague, manager):
        for path in ("", "grant/", "refuse/", "agree/", "withdraw/"):
            client, address = sign_in(person), f"/apps/access/{request.uuid}/{path}"
            answer = client.post(address, {"reason": "non"}) if path else client.get(address)
            assert answer.status_code == 404, (person.username, path)
    # Whoever asked, the owner and the keeper see it, and do not answer in the place of the approver.
    for person in (asker, owner, keeper):
        assert sign_in(person).get(f"/apps/access/{request.uuid}/").status_code == 200
        for path in ("grant", "refuse", "agree"):
            answer = sign_in(person).post(f"/apps/access/{request.uuid}/{path}/", {"reason": "non"})
            assert answer.status_code == 403, (person.username, path)
    assert sign_in(owner).post(f"/apps/access/{request.uuid}/withdraw/").status_code == 403
    request.refresh_from_db()
    assert request.state == State.APPROVER
    assert not AccessGrant.objects.exists()


def test_an_approver_does_not_answer_their_own_request(
    sign_in: Callable[..., Client], entry: Application, approver: Person, owner: Person
) -> None:
    request = asked(entry, approver)
    assert sign_in(approver).post(f"/apps/access/{request.uuid}/grant/", {}).status_code == 403
    assert sign_in(approver).post(f"/apps/{entry.uuid}/access/give/", {"person": approver.username}).status_code == 403
    assert not opens(sign_in, approver, entry)
    # It waits for the owner instead.
    assert sign_in(owner).post(f"/apps/access/{request.uuid}/grant/", {}).status_code == 302
    assert opens(sign_in, approver, entry)


def test_an_owner_above_whom_nobody_is_answers_for_themselves(
    sign_in: Callable[..., Client], register: Space, keeper: Person, owner: Person
) -> None:
    entry = add(register, keeper, entry="request", owner=owner)
    request = asked(entry, owner)
    assert sign_in(owner).post(f"/apps/access/{request.uuid}/grant/", {}).status_code == 302
    assert opens(sign_in, owner, entry)


def test_access_ends_with_the_audience_and_with_the_account(
    sign_in: Callable[..., Client], entry: Application, keeper: Person, asker: Person, borough: Unit, city: Unit
) -> None:
    give_access(entry, asker, actor=fresh(keeper))
    assert opens(sign_in, asker, entry)
    Person.objects.filter(pk=asker.pk).update(unit=city)
    narrow = audience_of({principal("unit", borough.pk)})
    change_application(Application.objects.get(), {"audience": narrow}, actor=fresh(keeper))
    assert sign_in(asker).get(f"/apps/{entry.uuid}/open/").status_code == 404
    # The rule holds by itself, whoever loaded the row, and with whatever was given.
    bare = Application.objects.with_grant_of(fresh(asker)).get()
    assert not ask(fresh(asker), "applications.open", bare)
    Person.objects.filter(pk=asker.pk).update(unit=borough)
    assert ask(fresh(asker), "applications.open", bare)
    Person.objects.filter(pk=asker.pk).update(is_active=False)
    assert not ask(fresh(asker), "applications.open", bare)


def test_a_row_loaded_for_one_person_says_nothing_of_another(
    entry: Application, keeper: Person, asker: Person, colleague: Person, outsider: Person
) -> None:
    give_access(entry, asker, actor=fresh(keeper))
    loaded = Application.objects.visible_to(fresh(asker)).with_grant_of(fresh(asker)).get()
    assert ask(fresh(asker), "applications.open", loaded)
    assert not ask(fresh(colleague), "applications.open", loaded)
    assert not ask(fresh(outsider), "applications.open", loaded)
    assert people_who_can("applications.open", loaded) == [asker]


# -- once, in time, within bounds -------------------------------------------------------------------------------------


def test_a_second_click_asks_nothing_twice(
    sign_in: Callable[..., Client], entry: Application, asker: Person, approver: Person, deliver: Any
) -> None:
    client = sign_in(asker)
    for _time in range(3):
        assert client.post(f"/apps/{entry.uuid}/ask/", {"reason": "Pour mon travail."}).status_code == 302
    request = AccessRequest.objects.get()
    answers = sign_in(approver)
    for _time in range(2):
        assert answers.post(f"/apps/access/{request.uuid}/grant/", {}).status_code == 302
    deliver()
    assert AccessGrant.objects.count() == 1
    verbs = [one.verb for one in Activity.objects.filter(verb__startswith="applications.access_")]
    assert sorted(verbs) == ["applications.access_asked", "applications.access_granted"]
    assert client.post(f"/apps/{entry.uuid}/ask/", {"reason": "encore"}).status_code == 403, "I have access already"


def test_the_first_answer_stands(entry: Application, asker: Person, approver: Person, colleague: Person) -> None:
    away(approver, colleague)
    request = asked(entry, asker)
    refuse_access(request, actor=fresh(colleague), reason="Non.")
    with pytest.raises(Refused):
        grant_access(request, actor=fresh(approver))
    assert not AccessGrant.objects.exists()
    with pytest.raises(Refused):
        agree_with_request(request, actor=fresh(approver))


def test_one_person_asks_for_so_much_and_no_more(register: Space, keeper: Person, asker: Person) -> None:
    entries = [add(register, keeper, f"Outil {number}", entry="request") for number in range(MOST_WAITING + 1)]
    for one in entries[:-1]:
        asked(one, asker)
    with pytest.raises(Refused):
        asked(entries[-1], asker)
    assert AccessRequest.objects.count() == MOST_WAITING


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
        ({"reason": "ok", "until": "2020-01-01"}, "until"),
        ({"reason": "ok", "until": "9999-12-31"}, "until"),
        ({"reason": "ok", "until": "bientôt"}, "until"),
    ],
)
def test_what_cannot_be_asked_comes_back_beside_its_field(
    sign_in: Callable[..., Client], entry: Application, asker: Person, sent: dict[str, str], field: str
) -> None:
    answer = sign_in(asker).post(f"/apps/{entry.uuid}/ask/", sent)
    assert answer.status_code == 422
    assert f"id_{field}_error" in answer.content.decode()
    assert not AccessRequest.objects.exists()


def test_what_is_written_is_shown_as_text(
    sign_in: Callable[..., Client], entry: Application, asker: Person, approver: Person
) -> None:
    request = asked(entry, asker, reason='<script>alert(1)</script> "&')
    for address in ("/apps/access/", f"/apps/access/{request.uuid}/"):
        page = sign_in(approver).get(address).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;" in page


def test_access_ends_on_its_day(
    sign_in: Callable[..., Client], entry: Application, keeper: Person, asker: Person, time_machine: Any
) -> None:
    time_machine.move_to("2026-11-30T20:00:00-05:00", tick=False)
    give_access(entry, asker, actor=fresh(keeper), last_day=date(2026, 12, 1))
    time_machine.move_to("2026-12-01T23:59:59-05:00", tick=False)
    assert opens(sign_in, asker, entry)
    time_machine.move_to("2026-12-02T00:00:00-05:00", tick=False)
    assert not opens(sign_in, asker, entry)
    # One asks again, and is let in again.
    request = asked(entry, asker)
    grant_access(request, actor=fresh(Person.objects.get(username="andre.appro")))
    assert opens(sign_in, asker, entry)
    assert AccessGrant.objects.count() == 2, "what was given before stays in the register"


def test_withdrawing_access_is_recorded_and_told(
    sign_in: Callable[..., Client], entry: Application, owner: Person, asker: Person, colleague: Person, deliver: Any
) -> None:
    client = sign_in(owner, "fr")
    given = client.post(f"/apps/{entry.uuid}/access/give/", {"person": asker.username})
    assert given.status_code == 302
    assert asker.name in client.get(f"/apps/{entry.uuid}/access/").content.decode()
    address = f"/apps/{entry.uuid}/access/{asker.uuid}/withdraw/"
    assert sign_in(colleague).post(address).status_code == 403
    assert sign_in(asker).post(address).status_code == 403
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 404, "nothing is left to withdraw"
    deliver()
    assert set(told(asker)) >= {"applications.access_granted", "applications.access_withdrawn"}
    assert not opens(sign_in, asker, entry)
    assert "Terminé" in client.get(f"/apps/{entry.uuid}/access/").content.decode()


def test_letting_in_somebody_who_does_not_see_it_is_refused_beside_the_field(
    sign_in: Callable[..., Client], entry: Application, owner: Person, outsider: Person
) -> None:
    answer = sign_in(owner).post(f"/apps/{entry.uuid}/access/give/", {"person": outsider.username})
    assert answer.status_code == 422
    assert "id_person_error" in answer.content.decode()
    assert not AccessGrant.objects.exists()


def test_taking_a_request_back(
    sign_in: Callable[..., Client], entry: Application, asker: Person, approver: Person
) -> None:
    request = asked(entry, asker)
    assert sign_in(asker).post(f"/apps/access/{request.uuid}/withdraw/").status_code == 302
    assert sign_in(approver).post(f"/apps/access/{request.uuid}/grant/", {}).status_code in (403, 404)
    assert not AccessGrant.objects.exists()


# -- what the clock does ----------------------------------------------------------------------------------------------


def test_requests_that_lost_their_sense_lapse_once(
    register: Space, keeper: Person, asker: Person, member: Person, deliver: Any
) -> None:
    opened = add(register, keeper, "Ouverte", entry="request")
    retired = add(register, keeper, "Retirée", entry="request")
    narrowed = add(register, keeper, "Restreinte", entry="request")
    kept = add(register, keeper, "Gardée", entry="request")
    for one in (opened, retired, narrowed, kept):
        asked(one, asker)
    asked(kept, member)
    assert settle_requests() == 0
    change_application(opened, {"entry": "open"}, actor=fresh(keeper))
    Application.objects.filter(pk=retired.pk).update(stage="retired")
    change_application(narrowed, {"audience": audience_of({principal("person", keeper.pk)})}, actor=fresh(keeper))
    Person.objects.filter(pk=member.pk).update(is_active=False)
    assert settle_requests() == 4
    assert settle_requests() == 0
    assert AccessRequest.objects.waiting().get().application == kept
    deliver()
    assert told(asker).count("applications.request_lapsed") == 2, "of what one still sees"


def test_who_loses_access_soon_is_told_once_and_asks_for_more(
    sign_in: Callable[..., Client], entry: Application, asker: Person, approver: Person, member: Person, deliver: Any
) -> None:
    today, now = timezone.localdate(), timezone.now()
    held = give_access(entry, asker, actor=fresh(approver), last_day=today + timedelta(days=10))
    # Given for so short a time, the end was told with it.
    assert announce_ends() == 0
    AccessGrant.objects.filter(pk=held.pk).update(granted=now - timedelta(days=60))
    late = give_access(entry, member, actor=fresh(approver), last_day=today + timedelta(days=20))
    AccessGrant.objects.filter(pk=late.pk).update(granted=now - timedelta(days=60))
    assert announce_ends() == 1
    assert announce_ends() == 0
    deliver()
    assert told(asker)[0] == "applications.access_ends_soon"
    assert "applications.access_ends_soon" not in told(member) and "applications.access_ends_soon" not in told(approver)
    client = sign_in(asker)
    page = client.get(f"/apps/{entry.uuid}/").content.decode()
    assert "Vous y avez accès" in page and "Demander une prolongation" in page
    assert "Demander une prolongation" not in sign_in(member).get(f"/apps/{entry.uuid}/").content.decode()
    assert opens(sign_in, asker, entry)
    client.post(f"/apps/{entry.uuid}/ask/", {"reason": "Le mandat continue."})
    request = AccessRequest.objects.waiting().get(person=asker)
    page = client.get(f"/apps/{entry.uuid}/").content.decode()
    assert "Vous y avez accès" in page and "Votre demande est en route" in page
    grant_access(request, actor=fresh(approver), last_day=today + timedelta(days=200))
    assert opens(sign_in, asker, entry) and announce_ends() == 0
    assert AccessGrant.objects.active().get(person=asker).last_day == today + timedelta(days=200)


def test_the_end_of_what_is_of_no_use_is_told_to_nobody(entry: Application, asker: Person, approver: Person) -> None:
    held = give_access(entry, asker, actor=fresh(approver), last_day=timezone.localdate() + timedelta(days=10))
    AccessGrant.objects.filter(pk=held.pk).update(granted=timezone.now() - timedelta(days=60))
    Application.objects.filter(pk=entry.pk).update(stage="retired")
    assert announce_ends() == 0
    assert not Activity.objects.filter(verb="applications.access_ends_soon").exists()


def test_old_requests_lapse(entry: Application, asker: Person) -> None:
    request = asked(entry, asker)
    AccessRequest.objects.update(created=timezone.now() - timedelta(days=91))
    assert settle_requests() == 1
    request.refresh_from_db()
    assert request.state == State.LAPSED


def test_a_manager_who_leaves_holds_nothing_up(
    entry: Application, keeper: Person, asker: Person, manager: Person, approver: Person, deliver: Any
) -> None:
    change_application(entry, {"manager_first": True}, actor=fresh(keeper))
    request = asked(Application.objects.get(), asker)
    Person.objects.filter(pk=manager.pk).update(is_active=False)
    assert settle_requests() == 1
    deliver()
    request.refresh_from_db()
    assert request.state == State.APPROVER
    assert "applications.access_asked" in told(approver)


# -- lists and programs -----------------------------------------------------------------------------------------------


def test_as_many_queries_for_one_as_for_twenty(
    sign_in: Callable[..., Client], register: Space, entry: Application, keeper: Person, asker: Person,
    approver: Person, borough: Unit
) -> None:  # fmt: skip
    def queries(person: Person, address: str) -> int:
        client = sign_in(person)
        client.get(address)
        forget_cache()
        with CaptureQueriesContext(connection) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    def grow(number: int) -> None:
        other = make_person(f"p{number}.demande", unit=borough)
        asked(entry, other)
        asked(add(register, keeper, f"Outil {number}", entry="request", approver=approver), asker)
        give_access(entry, make_person(f"q{number}.recu", unit=borough), actor=fresh(keeper))
        done = asked(entry, make_person(f"r{number}.refus", unit=borough))
        refuse_access(done, actor=fresh(approver), reason="Non.")

    grow(0)
    places = [
        (approver, "/apps/access/"),
        (asker, "/apps/access/"),
        (keeper, f"/apps/{entry.uuid}/access/"),
        (asker, "/api/v1/applications?limit=100"),
        (asker, "/api/v1/applications/requests?limit=100"),
    ]
    before = [queries(*place) for place in places]
    for number in range(1, 12):
        grow(number)
    assert [queries(*place) for place in places] == before


def test_programs_are_told_what_opens_and_why_not(
    sign_in: Callable[..., Client], register: Space, entry: Application, keeper: Person, asker: Person, approver: Person
) -> None:
    add(register, keeper, "Ouverte", phone="514 555-0100")
    client = sign_in(asker, "fr")
    items = {one["title"]: one for one in client.get("/api/v1/applications").json()["items"]}
    free, locked = items["Ouverte"], items["Permis en ligne"]
    assert free["can_open"] is True
    assert free["why_not"] == ""
    assert [one["kind"] for one in free["doors"]] == ["web", "phone"]
    assert locked["can_open"] is False
    assert "sur demande" in locked["why_not"]
    assert (locked["access"], locked["doors"], locked["address"]) == ("none", [], "")

    address = f"/api/v1/applications/{entry.uuid}/requests"
    made = client.post(address, {"reason": "Pour mon travail."}, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["state"] == "approver"
    again = client.post(address, {"reason": "Pour mon travail."}, content_type="application/json")
    assert again.json()["id"] == made.json()["id"]
    assert client.get(f"/api/v1/applications/{entry.uuid}").json()["access"] == "waiting"
    mine = client.get("/api/v1/applications/requests").json()["items"]
    assert [one["id"] for one in mine] == [made.json()["id"]]
    assert sign_in(approver).get("/api/v1/applications/requests").json()["items"] == []
    grant_access(AccessRequest.objects.get(), actor=fresh(approver))
    one = client.get(f"/api/v1/applications/{entry.uuid}").json()
    assert (one["can_open"], one["access"]) == (True, "granted")


def test_programs_ask_for_no_more_than_people(
    sign_in: Callable[..., Client], register: Space, entry: Application, keeper: Person, asker: Person, outsider: Person
) -> None:
    body, kind = {"reason": "x"}, "application/json"
    address = f"/api/v1/applications/{entry.uuid}/requests"
    assert sign_in(outsider).post(address, body, content_type=kind).status_code == 404
    assert Client().post(address, body, content_type=kind).status_code == 401
    free = add(register, keeper, "Ouverte")
    refused = sign_in(asker).post(f"/api/v1/applications/{free.uuid}/requests", body, content_type=kind)
    assert refused.status_code == 403
    assert refused.json()["detail"]
    empty = sign_in(asker).post(address, {"reason": " "}, content_type=kind)
    assert empty.status_code == 422
    assert empty.json()["errors"][0]["field"] == "reason"


def test_what_waits_for_an_answer_stands_on_the_home_page(
    sign_in: Callable[..., Client], register: Space, keeper: Person, entry: Application, approver: Person, asker: Person
) -> None:
    page = sign_in(approver).get("/").content.decode()
    assert "demande d’accès" not in page
    first = asked(entry, asker)
    assert first.get_absolute_url() not in sign_in(asker).get("/").content.decode()
    page = sign_in(approver).get("/").content.decode()
    assert "À répondre\N{NO-BREAK SPACE}: demande d’accès" in page
    assert f'href="{first.get_absolute_url()}"' in page and asker.name in page
    assert "Toutes les demandes" not in page
    for number in range(3):
        asked(entry, make_person(f"autre.demande{number}", unit=asker.unit))
    with CaptureQueriesContext(connection) as few:
        page = sign_in(approver).get("/").content.decode()
    assert page.count("À répondre") == 3 and "Toutes les demandes qui attendent ma réponse" in page
    for number in range(3, 9):
        asked(entry, make_person(f"autre.demande{number}", unit=asker.unit))
    with CaptureQueriesContext(connection) as many:
        sign_in(approver).get("/")
    assert len(many) == len(few)
    grant_access(first, actor=fresh(approver))
    assert first.get_absolute_url() not in sign_in(approver).get("/").content.decode()
