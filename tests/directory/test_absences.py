"""Absences: entered, refused, ended, deleted; who may, and what others see of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from directory import actions
from directory.models import Absence, Person, Unit
from foundation.activity.models import Activity
from tests.conftest import fresh, make_person

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def day(shift: int) -> date:
    return timezone.localdate() + timedelta(days=shift)


def enter(client: Client, person: Person, starts: int, ends: int | None, replacement: str = "") -> Any:
    last = day(ends).isoformat() if ends is not None else ""
    data = {"starts": day(starts).isoformat(), "ends": last, "replacement": replacement}
    return client.post(f"/people/{person.uuid}/absences/", data)


@pytest.fixture
def manager(city: Unit, member: Person) -> Person:
    """The manager of `member`."""
    found = make_person("gerard.gestion", unit=city)
    Person.objects.filter(pk=member.pk).update(manager=found)
    return found


def test_entered_by_oneself_and_first_on_the_page(member: Person, colleague: Person, sign_in: SignIn) -> None:
    assert enter(sign_in(member), member, 0, 10, colleague.username).status_code == 302
    absence = Absence.objects.get()
    assert absence.replacement == colleague and absence.by == member
    page = sign_in(colleague).get(f"/people/{member.uuid}/").content.decode().split("<main")[1]
    notice = page.index("notice--warning")
    assert notice < page.index("tel:") if "tel:" in page else notice
    assert colleague.name in page[notice : notice + 1200]
    said = Activity.objects.get(verb="directory.absence_entered")
    assert said.data == {"person": str(member.uuid), "absence": str(absence.uuid)}


def test_until_further_notice_and_by_the_manager(member: Person, manager: Person, sign_in: SignIn) -> None:
    assert enter(sign_in(manager), member, 0, None).status_code == 302
    assert Absence.objects.get().ends is None and Absence.objects.get().by == manager


def test_nobody_else_may_enter_see_end_or_delete(
    member: Person, manager: Person, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    absence = actions.enter_absence(member, day(0), day(5), actor=member)
    for stranger, status in ((colleague, 403), (outsider, 404)):
        client = sign_in(stranger)
        assert enter(client, member, 20, 30).status_code == status
        assert client.get(f"/people/{member.uuid}/absences/").status_code == status
        for act in ("end", "delete"):
            assert client.post(f"/people/{member.uuid}/absences/{absence.uuid}/{act}/").status_code == status
    # By the address of somebody whose absences one may change.
    address = f"/people/{colleague.uuid}/absences/{absence.uuid}/delete/"
    assert sign_in(colleague).post(address).status_code == 404
    assert Absence.objects.get() == absence


@pytest.mark.parametrize(
    ("starts", "ends"), [(5, 4), (-20, -1), (3, 3), (0, 30), (10, None), (-5, None), (5, 7), (8, 8)]
)
def test_impossible_and_overlapping_ones_are_refused_in_words(
    member: Person, sign_in: SignIn, starts: int, ends: int | None
) -> None:
    actions.enter_absence(member, day(3), day(8), actor=member)
    actions.enter_absence(member, day(40), None, actor=member)
    answer = enter(sign_in(member), member, starts, ends, "marc.membr")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "field__error" in page and f'value="{day(starts).isoformat()}"' in page and "marc.membr" in page
    answer = enter(sign_in(member), member, starts, ends)
    assert answer.status_code == 422 and Absence.objects.count() == 2


@pytest.mark.parametrize(("starts", "ends"), [(0, 2), (9, 39)])
def test_the_day_before_and_the_day_after_are_free(member: Person, sign_in: SignIn, starts: int, ends: int) -> None:
    actions.enter_absence(member, day(3), day(8), actor=member)
    actions.enter_absence(member, day(40), None, actor=member)
    assert enter(sign_in(member), member, starts, ends).status_code == 302


@pytest.mark.parametrize("written", ["", "hier", "2026-13-45", "0000-00-00", "99999-01-01", "2026-02-30"])
def test_what_is_no_day_is_refused(member: Person, sign_in: SignIn, written: str) -> None:
    answer = sign_in(member).post(f"/people/{member.uuid}/absences/", {"starts": written})
    assert answer.status_code == 422 and not Absence.objects.exists()


def test_the_replacement_is_an_active_colleague_and_somebody_else(
    member: Person, outsider: Person, sign_in: SignIn
) -> None:
    gone = make_person("paul.parti")
    actions.leave([gone.pk])
    make_person("jean.double", email="partage@ville.example")
    make_person("jeanne.double", email="partage@ville.example")
    for wrong in (member.username, outsider.username, gone.username, "personne", "partage@ville.example"):
        answer = enter(sign_in(member), member, 0, 3, wrong)
        assert answer.status_code == 422, wrong
        assert "field__error" in answer.content.decode() and wrong in answer.content.decode()
    assert not Absence.objects.exists()


@pytest.mark.parametrize("level", ["everyone", "nobody"])
def test_a_replacement_who_is_away_too_is_said_to_who_may_know(
    member: Person, city: Unit, sign_in: SignIn, level: str
) -> None:
    stand_in = make_person("sylvie.secours", unit=city)
    actions.enter_absence(stand_in, day(2), day(4), actor=stand_in)
    actions.change_profile(stand_in, actor=stand_in, privacy={"absences": level})
    client = sign_in(member)
    assert enter(client, member, 0, 10, stand_in.username).status_code == 302
    page = client.get(f"/people/{member.uuid}/absences/").content.decode()
    assert ("notice--warning" in page) == (level == "everyone")


def test_back_earlier(member: Person, sign_in: SignIn) -> None:
    client = sign_in(member)
    long = actions.enter_absence(member, day(-5), day(20), actor=member)
    assert client.post(f"/people/{member.uuid}/absences/{long.uuid}/end/").status_code == 302
    assert Absence.objects.get().ends == day(-1)
    assert "notice--warning" not in client.get(f"/people/{member.uuid}/").content.decode()
    # One that began today is as if it had not been.
    today = actions.enter_absence(member, day(0), None, actor=member)
    client.post(f"/people/{member.uuid}/absences/{today.uuid}/end/")
    assert Absence.objects.get() == long
    assert Activity.objects.filter(verb="directory.absence_ended").count() == 2


def test_deleted_when_entered_by_mistake(member: Person, sign_in: SignIn) -> None:
    absence = actions.enter_absence(member, day(5), day(20), actor=member)
    assert sign_in(member).post(f"/people/{member.uuid}/absences/{absence.uuid}/delete/").status_code == 302
    assert not Absence.objects.exists()
    assert Activity.objects.get(verb="directory.absence_deleted").data["absence"] == str(absence.uuid)


def test_coming_ones_are_shown_lower_down(member: Person, colleague: Person, sign_in: SignIn) -> None:
    actions.enter_absence(member, day(5), day(20), actor=member)
    page = sign_in(colleague).get(f"/people/{member.uuid}/").content.decode()
    assert "notice--warning" not in page
    assert str(day(20).day) in page.split("definitions--person")[1]


def test_administrators_may_and_it_is_recorded_whose_hand(member: Person, sign_in: SignIn) -> None:
    administrator = make_person("anne.admin", is_staff=True)
    assert enter(sign_in(administrator), member, 0, 3).status_code == 302
    assert Activity.objects.get(verb="directory.absence_entered").actor == administrator
    assert fresh(member).absences.get().by == administrator
