"""The history of a board: kept by itself, named, gone back to, thinned."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from directory.models import Person
from foundation.activity.models import Activity, Notification
from whiteboards.actions import settle
from whiteboards.models import Board, BoardVersion

from .conftest import SignIn
from .scenes import draw, element, on, sticky

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
Cause = BoardVersion.Cause


def versions(board: Board) -> list[BoardVersion]:
    """Oldest first."""
    return list(board.versions.order_by("ended", "pk"))


def test_a_version_is_kept_each_hour_and_holds_how_that_hour_ended(
    board: Board, host: Person, member: Person, sign_in: SignIn
) -> None:
    board.versions.all().delete()
    with time_machine.travel(START, tick=False) as clock:
        for number in range(13):
            draw(board.uuid, element(f"e{number}", x=number * 200, y=400), actor=host)
            settle(board.uuid, [host.pk if number < 7 else member.pk])
            clock.shift(timedelta(minutes=10))
    kept = versions(board)
    assert [one.element_count for one in kept] == [8, 14, 15]
    assert [one.cause for one in kept] == [Cause.DRAWING] * 3
    assert [set(one.drawn_by.all()) for one in kept] == [{host}, {host, member}, {member}]
    page = sign_in(member).get(f"/boards/{board.uuid}/history/{kept[1].uuid}/").content.decode()
    assert host.name in page and member.name in page


def test_what_was_there_before_a_great_loss_is_kept_apart(board: Board, host: Person) -> None:
    board.versions.all().delete()
    with time_machine.travel(START, tick=False) as clock:
        many = [element(f"e{number}", x=number * 200, y=400) for number in range(8)]
        draw(board.uuid, *many, actor=host)
        settle(board.uuid, [host.pk])
        clock.shift(timedelta(minutes=5))
        draw(board.uuid, *({**one, "isDeleted": True, "version": 9} for one in many), actor=host)
        settle(board.uuid, [host.pk])
    assert [one.element_count for one in versions(board)] == [10, 2]


def test_what_was_put_in_at_once_is_kept_whatever_becomes_of_it(
    board: Board, own: Board, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    client = sign_in(host)
    client.post(f"/boards/{board.uuid}/notes/", {"texts": "\n".join("ABCDEF"), "colour": "pink"})
    notes = [one for key, one in on(board.uuid).items() if key not in ("one", "one-t", "two", "two-t")]
    draw(board.uuid, *({**one, "isDeleted": True, "version": 99} for one in notes), actor=host)
    settle(board.uuid, [host.pk])
    whole, rest = versions(board)
    assert (whole.element_count, rest.element_count) == (8, 2)
    assert "F" in client.get(f"/boards/{board.uuid}/history/{whole.uuid}/drawing.svg").content.decode()
    # So is what a board began with.
    assert sign_in(colleague).post("/boards/new/", {"title": "R", "template": "retrospective", "language": "fr"})
    made = Board.objects.get(title="R")
    begun = made.versions.get()
    assert begun.element_count == made.element_count > 0 and list(begun.drawn_by.all()) == [colleague]
    assert not own.versions.exists()


def test_settling_again_changes_nothing_and_a_day_of_drawing_is_one_line(
    board: Board, host: Person, member: Person
) -> None:
    def lines() -> list[tuple[str, int]]:
        found = Activity.objects.filter(content=board, verb="whiteboards.drawn")
        return list(found.order_by("pk").values_list("verb", "actor_id"))

    today = lines()
    with time_machine.travel(datetime(2027, 1, 5, 15, 0, tzinfo=UTC), tick=False) as clock:
        for number in range(3):
            draw(board.uuid, element(f"e{number}", y=400 + number), actor=member)
            assert settle(board.uuid, [member.pk, host.pk]) is True
            assert settle(board.uuid, [member.pk, host.pk]) is False
        board.refresh_from_db()
        updated, kept = board.updated, board.versions.count()
        clock.shift(timedelta(hours=3))
        assert settle(board.uuid, [host.pk]) is False
        board.refresh_from_db()
        assert board.updated == updated and board.versions.count() == kept
        assert lines() == [*today, ("whiteboards.drawn", host.pk), ("whiteboards.drawn", member.pk)]
        clock.shift(timedelta(days=1))
        settle(board.uuid, [member.pk])
        assert len(lines()) == len(today) + 3
    assert not Notification.objects.filter(activity__verb="whiteboards.drawn").exists()


def test_what_an_action_made_is_not_said_to_be_drawn(own: Board, colleague: Person, sign_in: SignIn) -> None:
    """Rooms tell of it as they tell of strokes."""
    client = sign_in(colleague)
    client.post(f"/boards/{own.uuid}/notes/", {"texts": "Un", "colour": "pink"})
    assert settle(own.uuid, [colleague.pk]) is False
    assert not Activity.objects.filter(content=own, verb="whiteboards.drawn").exists()
    draw(own.uuid, element("x", y=900), actor=colleague)
    settle(own.uuid, [colleague.pk])
    assert Activity.objects.filter(content=own, verb="whiteboards.drawn").count() == 1


def test_versions_are_thinned_as_they_grow_old_and_named_ones_stay(board: Board, host: Person, sign_in: SignIn) -> None:
    board.versions.all().delete()
    with time_machine.travel(START, tick=False) as clock:
        for number in range(60 * 4):
            draw(board.uuid, element(f"e{number}", x=number * 5, y=400), actor=host)
            settle(board.uuid, [host.pk])
            if number == 6:
                sign_in(host).post(f"/boards/{board.uuid}/history/name/", {"name": "Au début"})
            clock.shift(timedelta(hours=6))
    kept = versions(board)
    end = START + timedelta(days=60) - timedelta(hours=6)
    ages = [end - one.ended for one in kept if not one.is_named]
    assert sum(age <= timedelta(days=1) for age in ages) == 5
    assert 29 <= sum(timedelta(days=1) < age <= timedelta(days=31) for age in ages) <= 32
    assert 4 <= sum(age > timedelta(days=31) for age in ages) <= 6
    assert [one.name for one in kept if one.is_named] == ["Au début"]


def test_a_version_is_named(board: Board, member: Person, colleague: Person, sign_in: SignIn) -> None:
    client, address = sign_in(member), f"/boards/{board.uuid}/history/name/"
    script = {"accept": "application/json"}
    answer = client.post(address, {"name": " Avant  la\u00a0réunion "}, headers=script)
    named = board.versions.get(cause=Cause.NAMED)
    assert answer.status_code == 201
    assert answer.json() == {"id": str(named.uuid), "name": "Avant la\u00a0réunion", "at": named.ended.isoformat()}
    assert client.post(address, {"name": "Une autre"}).status_code == 302
    page = client.get(f"/boards/{board.uuid}/history/?only=named").content.decode()
    assert "Avant la\u00a0réunion" in page and "Une autre" in page and "Pendant le dessin" not in page
    for name, words in (("", "Donnez un nom"), ("x" * 121, "au plus"), ("\u202e", "Donnez un nom")):
        refused = client.post(address, {"name": name}, headers=script)
        assert refused.status_code == 422 and words in refused.json()["detail"], name
        assert client.post(address, {"name": name}).status_code == 422
    refused = sign_in(colleague).post(address, {"name": "Non"}, headers=script)
    assert refused.status_code == 403 and refused.json()["detail"]


def test_going_back_is_undone_by_going_back(board: Board, host: Person, member: Person, sign_in: SignIn) -> None:
    client = sign_in(member)
    client.post(f"/boards/{board.uuid}/history/name/", {"name": "Deux notes"})
    named = board.versions.get(cause=Cause.NAMED)
    draw(board.uuid, *sticky("three", "Trois", y=300), {**element("one"), "x": 900, "version": 8}, actor=host)
    settle(board.uuid, [host.pk])
    before = on(board.uuid)
    page = client.post(f"/boards/{board.uuid}/history/{named.uuid}/restore/", follow=True).content.decode()
    assert "Le tableau est comme avant" in page and "Avant le retour en arrière" in page
    assert set(on(board.uuid)) == {"one", "one-t", "two", "two-t"} and on(board.uuid)["one"]["x"] == 0
    board.refresh_from_db()
    assert board.text == "Saler les côtes\nPrévenir les écoles"
    kept = board.versions.get(cause=Cause.RESTORING)
    assert kept.by == member
    # The same once more changes nothing, and keeps nothing.
    client.post(f"/boards/{board.uuid}/history/{named.uuid}/restore/")
    assert board.versions.filter(cause=Cause.RESTORING).count() == 1
    client.post(f"/boards/{board.uuid}/history/{kept.uuid}/restore/")
    stamps = ("version", "versionNonce", "updated")
    looks = {key: {name: value for name, value in one.items() if name not in stamps} for key, one in before.items()}
    assert looks == {
        key: {name: value for name, value in one.items() if name not in stamps} for key, one in on(board.uuid).items()
    }


def test_those_who_follow_are_told_of_a_return(
    board: Board, host: Person, member: Person, sign_in: SignIn, deliver: Any
) -> None:
    client = sign_in(member)
    client.post(f"/boards/{board.uuid}/history/name/", {"name": "Avant"})
    draw(board.uuid, element("more", y=500), actor=member)
    version = board.versions.get(cause=Cause.NAMED)
    client.post(f"/boards/{board.uuid}/history/{version.uuid}/restore/")
    deliver()
    told = Notification.objects.get(activity__verb="whiteboards.version_restored")
    assert told.person == host and "version antérieure" in str(told)


def test_two_people_go_back_one_after_the_other(board: Board, host: Person, member: Person, sign_in: SignIn) -> None:
    helene, marc = sign_in(host), sign_in(member)
    helene.post(f"/boards/{board.uuid}/history/name/", {"name": "A"})
    draw(board.uuid, element("b", y=500), {**element("one"), "isDeleted": True, "version": 5}, actor=host)
    marc.post(f"/boards/{board.uuid}/history/name/", {"name": "B"})
    draw(board.uuid, element("c", y=700), actor=host)
    a, b = (board.versions.get(name=name) for name in "AB")
    helene.post(f"/boards/{board.uuid}/history/{a.uuid}/restore/")
    marc.post(f"/boards/{board.uuid}/history/{b.uuid}/restore/")
    assert set(on(board.uuid)) == {"one-t", "two", "two-t", "b"}
    # Nothing is lost between the two: each kept what the other had made.
    assert board.versions.filter(cause=Cause.RESTORING).count() == 2


def test_a_board_to_look_at_goes_back_for_those_who_answer_for_it(
    board: Board, host: Person, member: Person, sign_in: SignIn
) -> None:
    version = board.versions.get()
    sign_in(host).post(f"/boards/{board.uuid}/view-only/", {"view_only": "on"})
    draw(board.uuid, element("late", y=500), actor=host)
    address = f"/boards/{board.uuid}/history/{version.uuid}/restore/"
    assert sign_in(member).post(address).status_code == 403
    assert "late" in on(board.uuid)
    assert sign_in(host).post(address).status_code == 302
    assert "late" not in on(board.uuid)


def test_drawings_of_versions_are_asked_for_again_only_when_they_changed(
    board: Board, member: Person, sign_in: SignIn
) -> None:
    client, version = sign_in(member), board.versions.get()
    for address in ("thumbnail.svg", "drawing.svg"):
        for path in (f"/boards/{board.uuid}/{address}", f"/boards/{board.uuid}/history/{version.uuid}/{address}"):
            first = client.get(path)
            assert first.status_code == 200 and first["Content-Type"] == "image/svg+xml"
            assert first["Content-Security-Policy"] == "default-src 'none'; img-src data:; sandbox"
            assert "private" in first["Cache-Control"] and "no-cache" in first["Cache-Control"]
            assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    before = client.get(f"/boards/{board.uuid}/thumbnail.svg")["ETag"]
    draw(board.uuid, element("more", y=500), actor=member)
    settle(board.uuid, [member.pk])
    assert client.get(f"/boards/{board.uuid}/thumbnail.svg")["ETag"] != before
