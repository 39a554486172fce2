"""What calendar files say of today and tomorrow: hours, clock changes, repetition, exceptions, and hostile files."""

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from applications.providers.calendars import events_in
from applications.providers.limits import at_most
from foundation.outgoing.problems import Problem

TORONTO = ZoneInfo("America/Toronto")
# The night from the 7th to the 8th of March 2026 clocks go forward; that to the 1st of November they go back.
SPRING, AUTUMN, PLAIN = datetime(2026, 3, 8, 8), datetime(2026, 11, 1, 8), datetime(2026, 5, 12, 8)

EASTERN = """BEGIN:VTIMEZONE
TZID:Eastern
BEGIN:STANDARD
DTSTART:19501101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19500301T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*events: str, head: str = "") -> bytes:
    """A file; each event is its lines, an UID of its own unless it says one."""
    blocks = []
    for number, lines in enumerate(events):
        uid = "" if "UID:" in lines else f"UID:{number}\n"
        blocks.append(f"BEGIN:VEVENT\n{uid}DTSTAMP:20260101T000000Z\n{lines}\nEND:VEVENT\n")
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{''.join(blocks)}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    ).encode()


def at(moment: datetime, *files: bytes, email: str = "") -> list[tuple[str, str, str]]:
    """(day and hour in the city, hour in UTC, title) of each event seen at `moment` in the city."""
    with time_machine.travel(moment.replace(tzinfo=TORONTO), tick=False):
        found = events_in(files, email)
    return [(f"{one.begins:%d %Hh%M}", f"{one.begins.astimezone(ZoneInfo('UTC')):%H%MZ}", one.title) for one in found]


DAILY = "DTSTART;TZID=America/Toronto:{}T093000\nDTEND;TZID=America/Toronto:{}T100000\nRRULE:FREQ=DAILY\nSUMMARY:Mêlée"


def test_what_repeats_keeps_its_hour_when_clocks_change() -> None:
    assert at(datetime(2026, 3, 7, 8), calendar(DAILY.format("20260301", "20260301"))) == [
        ("07 09h30", "1430Z", "Mêlée"),
        ("08 09h30", "1330Z", "Mêlée"),
    ]
    assert at(datetime(2026, 10, 31, 8), calendar(DAILY.format("20261020", "20261020"))) == [
        ("31 09h30", "1330Z", "Mêlée"),
        ("01 09h30", "1430Z", "Mêlée"),
    ]


def test_the_days_of_a_change_are_whole() -> None:
    """Of 23 and 25 hours: nothing of them is lost, nothing of the day after comes in."""
    edges = "DTSTART:{}\nDTEND:{}\nSUMMARY:{}"
    spring = calendar(
        edges.format("20260308T043000Z", "20260308T044500Z", "la veille"),
        edges.format("20260308T050000Z", "20260308T051500Z", "minuit"),
        edges.format("20260310T034500Z", "20260310T035900Z", "demain, fin"),
        edges.format("20260310T040000Z", "20260310T041500Z", "après-demain"),
    )
    assert [one[2] for one in at(SPRING, spring)] == ["minuit", "demain, fin"]
    autumn = calendar(
        edges.format("20261101T035900Z", "20261101T040000Z", "la veille"),
        edges.format("20261101T053000Z", "20261101T054500Z", "1 h 30, la première"),
        edges.format("20261101T063000Z", "20261101T064500Z", "1 h 30, la seconde"),
        edges.format("20261103T044500Z", "20261103T045900Z", "demain, fin"),
        edges.format("20261103T050000Z", "20261103T051500Z", "après-demain"),
    )
    assert [one[0] for one in at(AUTUMN, autumn)] == ["01 01h30", "01 01h30", "02 23h45"]


def test_an_hour_that_does_not_exist_is_the_one_people_read_then() -> None:
    missing = calendar("DTSTART;TZID=America/Toronto:20260308T023000\nSUMMARY:trou")
    assert at(SPRING, missing) == [("08 03h30", "0730Z", "trou")]


def test_every_way_to_say_an_hour() -> None:
    file = calendar(
        "DTSTART:20260512T140000Z\nSUMMARY:universelle",
        "DTSTART:20260512T110000\nSUMMARY:flottante",
        "DTSTART;TZID=Eastern Standard Time:20260512T120000\nSUMMARY:de Windows",
        "DTSTART;TZID=Eastern:20260512T130000\nSUMMARY:du fichier",
        "DTSTART;TZID=Europe/Paris:20260512T200000\nSUMMARY:de Paris",
        "DTSTART;TZID=Inconnue:20260512T150000\nSUMMARY:inconnue",
        "DTSTART;VALUE=DATE:20260513\nSUMMARY:tout le jour",
        "DTSTART:20260512T200000Z\nDURATION:PT45M\nSUMMARY:d'une durée",
        head=EASTERN,
    )
    assert [one[0] for one in at(PLAIN, file)] == [
        *("12 10h00", "12 11h00", "12 12h00", "12 13h00", "12 14h00", "12 15h00", "12 16h00", "13 00h00"),
    ]


def test_a_files_time_zone_is_nobody_elses() -> None:
    """SECURITY: the library would keep "Eastern" as the first file defined it, for everybody after."""
    wrong = EASTERN.replace("-0400", "+0900").replace("-0500", "+0900")
    event = "DTSTART;TZID=Eastern:20260512T130000\nSUMMARY:x"
    for _turn in range(2):
        assert at(PLAIN, calendar(event, head=wrong))[0][1] == "0400Z"
        assert at(PLAIN, calendar(event, head=EASTERN))[0][1] == "1700Z"
        both = at(PLAIN, calendar(event, head=EASTERN), calendar(event, head=wrong))
        assert [one[1] for one in both] == ["0400Z", "1700Z"]


def test_whole_days_and_what_lasts() -> None:
    file = calendar(
        "DTSTART;VALUE=DATE:20260512\nDTEND;VALUE=DATE:20260513\nSUMMARY:aujourd'hui",
        "DTSTART;VALUE=DATE:20260511\nDTEND;VALUE=DATE:20260512\nSUMMARY:hier",
        "DTSTART;VALUE=DATE:20260501\nDTEND;VALUE=DATE:20260601\nSUMMARY:congé",
        "DTSTART;VALUE=DATE:20260514\nSUMMARY:après-demain",
        "DTSTART:20260511T230000\nDTEND:20260512T020000\nSUMMARY:la nuit",
        "DTSTART:20260511T220000\nDTEND:20260512T000000\nSUMMARY:fini à minuit",
        "DTSTART:20260501T080000\nDURATION:P30D\nSUMMARY:chantier",
    )
    assert {one[2] for one in at(PLAIN, file)} == {"aujourd'hui", "congé", "la nuit", "chantier"}


def test_exceptions_replacements_refusals_and_cancellations() -> None:
    weekly = (
        "UID:serie\nDTSTART;TZID=America/Toronto:20260505T100000\nDTEND;TZID=America/Toronto:20260505T110000\n"
        "RRULE:FREQ=WEEKLY;UNTIL=20260701T000000Z\nSUMMARY:hebdo"
    )
    assert [one[0] for one in at(PLAIN, calendar(weekly))] == ["12 10h00"]
    excepted = calendar(weekly + "\nEXDATE;TZID=America/Toronto:20260512T100000")
    assert at(PLAIN, excepted) == []
    moved = "UID:serie\nRECURRENCE-ID;TZID=America/Toronto:{}T100000\nDTSTART;TZID=America/Toronto:{}\nSUMMARY:déplacée"
    assert at(PLAIN, calendar(weekly, moved.format("20260512", "20260513T150000")))[0][::2] == ("13 15h00", "déplacée")
    assert at(PLAIN, calendar(weekly, moved.format("20260512", "20260620T150000"))) == []
    brought = at(PLAIN, calendar(weekly, moved.format("20260602", "20260513T080000")))
    assert [one[2] for one in brought] == ["hebdo", "déplacée"]
    others = calendar(
        "DTSTART:20260512T140000Z\nSTATUS:CANCELLED\nSUMMARY:annulée",
        "DTSTART:20260512T140000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:Anna@Ville.example\nSUMMARY:refusée",
        "DTSTART:20260512T140000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:bruno@ville.example\nSUMMARY:refusée par un autre",
        "DTSTART:20260512T140000Z\nATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@ville.example\nSUMMARY:acceptée",
        "DTSTART:20260512T140000Z\nCLASS:CONFIDENTIAL\nSUMMARY:confidentielle",
        "DTSTART:20260505T140000Z\nRDATE:20260512T150000Z,20260519T150000Z\nSUMMARY:date ajoutée",
        "DTSTART:20250105T140000Z\nRRULE:FREQ=WEEKLY;UNTIL=20250301T000000Z\nSUMMARY:finie",
    )
    found = [one[2] for one in at(PLAIN, others, email="anna@ville.example")]
    assert found == ["acceptée", "confidentielle", "refusée par un autre", "date ajoutée"]


def test_titles_and_places_are_one_clean_line() -> None:
    with time_machine.travel(PLAIN.replace(tzinfo=TORONTO), tick=False):
        [one] = events_in(
            [calendar("DTSTART:20260512T140000Z\nSUMMARY:Bilan\\nsuite\u202e " + "x" * 900 + "\nLOCATION:" + "y" * 900)]
        )
    assert one.title.startswith("Bilan suite xxx") and len(one.title) == 150 and len(one.place) == 80


def test_one_damaged_event_does_not_hide_the_others() -> None:
    file = calendar(
        "DTSTART:pas une date\nSUMMARY:1",
        "DTSTART:20260512T140000Z\nSUMMARY:bonne",
        "DTSTART:20260512T140000Z\nDTEND:n'importe quoi\nSUMMARY:2",
        "DTSTART:20260512T140000Z\nRRULE:FREQ=JAMAIS\nSUMMARY:3",
        "DTSTART:99999999T999999Z\nSUMMARY:4",
        "SUMMARY:sans date",
        "DTSTART:20260512T140000Z\nDTSTART:20260513T140000Z\nSUMMARY:double",
        "DTSTART:20260512T160000Z\nDTEND:20260512T150000Z\nSUMMARY:à l'envers",
    )
    assert "bonne" in [one[2] for one in at(PLAIN, file)]


ENDLESS = "DTSTART:20200101T140000Z\nRRULE:{}\nSUMMARY:sans fin"


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1", "FREQ=HOURLY", "freq=secondly", "FREQ=DAILY;BYSECOND=0,1,2,3"),
        "FREQ=YEARLY;BYMINUTE=1,2,3;BYHOUR=1,2,3",
    ],
)
def test_what_repeats_faster_than_days_is_left_out(rule: str) -> None:
    file = calendar(ENDLESS.format(rule), "DTSTART:20260512T140000Z\nSUMMARY:bonne")
    assert [one[2] for one in at(PLAIN, file)] == ["bonne"]


HOSTILE: dict[str, tuple[bytes, str]] = {
    "never, until the year 9999": (calendar(ENDLESS.format("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")), "slow_calendar"),
    "2,000 rules that never come": (
        calendar(*[ENDLESS.format("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")] * 2000),
        "slow_calendar",
    ),
    "2,000 daily since 1900": (
        calendar(*["DTSTART:19000101T140000Z\nRRULE:FREQ=DAILY\nSUMMARY:x"] * 2000),
        "slow_calendar",
    ),
    "20,000 events of today": (calendar(*["DTSTART:20260512T140000Z\nSUMMARY:x"] * 20_000), "many_events"),
    "no calendar": (b"\x00\xff" * 5000, "bad_calendar"),
    "nothing": (b"", "bad_calendar"),
    "a page": (b"<!doctype html><title>Ouvrez une session</title>", "bad_calendar"),
    "nested without end": (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 200_000, "bad_calendar"),
}


@pytest.mark.parametrize(("file", "problem"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_end_in_bounded_time_and_in_words(file: bytes, problem: str) -> None:
    began = time.thread_time()
    with pytest.raises(Problem) as refused:
        at(PLAIN, file)
    assert refused.value.code == problem
    assert time.thread_time() - began < 3.5


def test_twenty_thousand_events_over_years_are_sifted() -> None:
    days = [f"{2010 + number % 20}{1 + number % 12:02}{1 + number % 28:02}" for number in range(20_000)]
    file = calendar(*[f"DTSTART:{day}T140000Z\nSUMMARY:ancien" for day in days if day not in ("20260512", "20260513")],
                    "DTSTART:20260512T140000Z\nSUMMARY:celui-ci")  # fmt: skip
    began = time.thread_time()
    assert [one[2] for one in at(PLAIN, file)] == ["celui-ci"]
    assert time.thread_time() - began < 3


def test_long_lines_and_many_lines_are_cut() -> None:
    folded = (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260512T140000Z\nSUMMARY:a\n" + (b" " + b"b" * 74 + b"\n") * 40_000
    )
    assert len(at(PLAIN, folded + b"END:VEVENT\nEND:VCALENDAR")[0][2]) == 150
    crowd = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260512T140000Z\n" + b"ATTENDEE:mailto:x\n" * 100_000
    assert at(PLAIN, crowd + b"END:VEVENT\nEND:VCALENDAR") == []


def test_the_bound_holds_even_in_a_library_that_catches_everything() -> None:
    def stubborn() -> Any:
        for _turn in range(10**9):
            try:
                sorted([2, 1], key=lambda one: one)
            except Exception:
                continue

    with pytest.raises(Problem, match="slow_calendar"), at_most(0.05, "slow_calendar"):
        stubborn()
