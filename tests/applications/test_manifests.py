"""Manifests read and judged: everything that is wrong at once, with its place; what hostile ones get."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.manifests import Flaw, is_newer, meaning_of, read_manifests, sentence_of
from applications.manifests.hosts import check_pattern, judge
from applications.manifests.problems import PROBLEMS
from applications.manifests.reading import DEPTH, MANIFEST_MAX
from applications.manifests.schema import described

from .service import manifest

HOSTS = ["*.ville.example", "ville.example", "10.1.2.3"]


def problems(content: Any, hosts: list[str] = HOSTS) -> dict[str, str]:
    """What is wrong with a document: {place: code}."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    (reading,) = read_manifests(body)
    flaws = list(reading.flaws)
    if reading.manifest is not None:
        flaws += meaning_of(reading.manifest, hosts).flaws
    return {one.path: one.code for one in flaws}


def warnings(content: Any) -> dict[str, str]:
    (reading,) = read_manifests(json.dumps(content).encode())
    assert reading.manifest is not None, reading.flaws
    return {one.path: one.code for one in [*reading.warnings, *meaning_of(reading.manifest, HOSTS).warnings]}


# -- the document -----------------------------------------------------------------------------------------------------


def test_a_whole_manifest_means_what_it_says() -> None:
    body = json.dumps(
        manifest(
            opens_with="web",
            addresses={
                "web": "https://paie.ville.example/",
                "notes": "notes://srv1/85257B5F006C1234/0/0123456789ABCDEF0123456789ABCDEF",
                "desktop": "sap-logon:system=PAIE",
                "phone": "514 555-0117",
            },
            help={"fr": "Aide", "en": "Help", "address": "https://aide.ville.example/paie"},
            owner="claire.dubois",
            audience=["elected", "unit:VERDUN"],
            access="request",
            stage="announced",
            service_from="2026-12-01T08:00:00-05:00",
            maintenance={"from": "2026-12-05T22:00:00Z", "until": "2026-12-06T02:00:00Z", "fr": "Mise à jour"},
            retires_on="2030-06-30",
            successor="paie-2",
            health="https://paie.ville.example/health",
        )
    ).encode()
    (reading,) = read_manifests(body)
    assert (reading.flaws, reading.warnings) == ([], [])
    assert reading.manifest is not None
    meaning = meaning_of(reading.manifest, HOSTS)
    assert (meaning.flaws, meaning.warnings) == ([], [])
    assert meaning.values == {
        "title": "Paie",
        "title_translated": "Payroll",
        "description_fr": "Vos bulletins de paie.",
        "description_en": "Your pay slips.",
        "icon": "cash",
        "category": "hr",
        "opens_with": "web",
        "address": "https://paie.ville.example/",
        "notes_link": "notes://srv1/85257B5F006C1234/0/0123456789ABCDEF0123456789ABCDEF",
        "desktop_address": "sap-logon:system=PAIE",
        "phone": "514 555-0117",
        "health_address": "https://paie.ville.example/health",
        "help_fr": "Aide",
        "help_en": "Help",
        "help_address": "https://aide.ville.example/paie",
        "support_name": "Centre de services",
        "support_email": "aide@ville.example",
        "support_phone": "514 555-0117",
        "owner": "claire.dubois",
        "audience": ["elected", "unit:VERDUN"],
        "entry": "request",
        "stage": "announced",
        "service_from": "2026-12-01T13:00:00+00:00",
        "retires_on": "2030-06-30",
        "successor": "paie-2",
        "maintenance_from": "2026-12-05T22:00:00+00:00",
        "maintenance_until": "2026-12-06T02:00:00+00:00",
        "maintenance_fr": "Mise à jour",
        "maintenance_en": "",
    }


def test_what_is_left_out_says_nothing_and_null_empties() -> None:
    (reading,) = read_manifests(json.dumps({"key": "paie", "version": 3, "name": {"fr": "Paie"}}).encode())
    assert reading.manifest is not None
    assert meaning_of(reading.manifest, HOSTS).values == {"title": "Paie", "title_translated": ""}
    (reading,) = read_manifests(json.dumps(manifest(support=None, successor=None, audience=None)).encode())
    assert reading.manifest is not None
    values = meaning_of(reading.manifest, HOSTS).values
    assert (values["support_email"], values["successor"], values["audience"]) == ("", None, None)


def test_everything_that_is_wrong_is_told_at_once_with_its_place() -> None:
    assert problems(
        {
            "key": "Pas une clé",
            "version": 1.5,
            "name": {"fr": 12, "en": "Payroll"},
            "description": "text",
            "category": "games",
            "addresses": {"web": ["https://paie.ville.example/"]},
            "audience": "everyone",
            "access": True,
            "support": {"phone": 5145550117},
            "maintenance": {"from": "2026-12-05T22:00:00Z"},
        }
    ) == {
        "$.key": "form",
        "$.version": "type_version",
        "$.name.fr": "type_text",
        "$.description": "type_object",
        "$.category": "choice",
        "$.addresses.web": "type_text",
        "$.audience": "type_list",
        "$.access": "choice",
        "$.support.phone": "type_text",
        "$.maintenance.until": "missing",
    }


def test_what_is_not_known_is_left_aside_and_told() -> None:
    assert warnings(manifest(colour="red", name={"fr": "Paie", "en": "Payroll", "de": "Lohn"}, icon="no-such")) == {
        "$.colour": "unknown",
        "$.name.de": "unknown",
        "$.icon": "icon",
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_json"),
        (b"{", "bad_json"),
        (b"<html>", "bad_json"),
        (b"\xff\xfe{\x00}\x00", "encoding"),
        (b'{"a": "\x00"}', "bad_json"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "too_large"),
        (b'{"a":' * 30_000, "too_deep"),
        (b'{"key": "' + b"a" * MANIFEST_MAX + b'"}', "too_large"),
        (b"[]", "type_object"),
        (b"null", "type_object"),
        (b'"text"', "type_object"),
        (b"12", "type_object"),
        (b"NaN", "type_object"),
        (b'{"applications": []}', "empty"),
        (b'{"applications": [' + b"{}," * 50 + b"{}]}", "many"),
    ],
)
def test_a_document_that_cannot_be_read_is_told_in_one_sentence(body: bytes, code: str) -> None:
    (reading,) = read_manifests(body)
    assert code in {one.code for one in reading.flaws} and reading.manifest is None
    assert all(sentence_of(one.code, one.data) not in ("", one.code) for one in reading.flaws)


def nested(depth: int) -> bytes:
    return json.dumps(manifest()).encode()[:-1] + b', "x": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"


def test_depth_is_bounded_where_it_can_be_read_too() -> None:
    assert problems(nested(DEPTH - 1)) == {}
    assert list(problems(nested(DEPTH + 1)).values()) == ["too_deep"]


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ('"version": NaN', "$.version", "number"),
        ('"version": -Infinity', "$.version", "number"),
        ('"version": 1e999', "$.version", "number"),
        (f'"version": {"9" * 5000}', "$.version", "number"),
        (f'"surplus": {"9" * 19}', "$.surplus", "number"),
        ('"version": 1, "version": 2', "$.version", "twice"),
        ('"version": 1, "support": {"name": "a", "name": "b"}', "$.support.name", "twice"),
        ('"version": 1, "owner": "\\ud800"', "$.owner", "half_character"),
        ('"version": 1, "owner": "a\\u0000b"', "$.owner", "signs"),
        ('"version": 1, "owner": "a\\u0007b"', "$.owner", "signs"),
        ('"version": 1, "owner": "a\\u202eb"', "$.owner", "signs"),
        ('"version": 1, "owner": "a\\u2066b"', "$.owner", "signs"),
        ('"version": 1, "owner": "a\\u200bb"', "$.owner", "signs"),
        ('"version": 1, "owner": "a\\ufeffb"', "$.owner", "signs"),
        ('"version": 1, "a\\u202eb": 1', "$.a?b", "signs"),
        ('"version": 1, "name": {"fr": "Pa\\nie"}', "$.name.fr", "one_line"),
        ('"version": 1, "format": 2', "$.format", "format"),
        ('"version": true', "$.version", "type_version"),
        ('"version": ""', "$.version", "type_version"),
        ('"version": "1\\u0662"', "$.version", "type_version"),
    ],
)
def test_what_no_register_keeps_is_refused_where_it_stands(text: str, place: str, code: str) -> None:
    named = "" if '"name": {"fr"' in text else '"name": {"fr": "Paie"}, '
    found = problems(f'{{"key": "paie", {named}{text}}}'.encode())
    assert found.get(place) == code, found


def test_thousands_of_faults_are_counted_off_quickly() -> None:
    began = time.process_time()
    for body in (b'{"a": [' + b"NaN," * 60_000 + b"1]}", b'{"a": [' + b"[]," * 80_000 + b"1]}"):
        (reading,) = read_manifests(body)
        assert [one.code for one in reading.flaws] == ["crowded"]
    (reading,) = read_manifests(b'{"a": [' + b"NaN," * 15_000 + b"1]}")
    assert len(reading.flaws) == 100
    many = {f"k{place}": 1 for place in range(15_000)}
    (reading,) = read_manifests(json.dumps(many).encode()[:-1] + b', "k1": 2}')
    assert len(reading.warnings) == 100
    (reading,) = read_manifests(b"{" + b'"a": 1,' * 30_000 + b'"a": 1}')
    assert reading.flaws[0].code == "twice"
    # A second of a machine at work, where a square of what comes would take minutes.
    assert time.process_time() - began < 5


# -- where it leads ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("javascript:alert(1)", "scheme"),
        ("JaVaScRiPt:alert(1)", "scheme"),
        (" javascript:alert(1)", "scheme"),
        ("data:text/html,<script>", "scheme"),
        ("vbscript:x", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("blob:https://paie.ville.example/1", "scheme"),
        ("about:blank", "scheme"),
        ("view-source:https://paie.ville.example", "scheme"),
        ("ftp://paie.ville.example/", "scheme"),
        ("paie.ville.example", "bad_address"),
        ("//paie.ville.example/", "bad_address"),
        ("https://", "bad_address"),
        ("https://paie.ville.example:99999/", "bad_address"),
        ("https://paie.ville.example:0/", "bad_address"),
        ("https://paie.ville.example /", "bad_address"),
        ("https://evil.example\\@paie.ville.example/", "bad_address"),
        ('https://paie.ville.example/"><script>', "bad_address"),
        ("https://[::1", "bad_address"),
        ("https://jean:secret@paie.ville.example/", "credentials"),
        ("https://paie.ville.example@evil.example/", "credentials"),
        ("https://@paie.ville.example/", "credentials"),
        ("https://evil.example/", "host_outside"),
        ("https://evil.example/paie.ville.example", "host_outside"),
        ("https://paie.ville.example.evil.example/", "host_outside"),
        ("https://evilville.example/", "host_outside"),
        ("https://10.1.2.4/", "host_outside"),
        ("https://2130706433/", "host_outside"),
        ("https://[::1]/", "host_outside"),
        # Cyrillic а; the same in punycode; a whole label of Cyrillic that reads as Latin; Greek.
        ("https://pаie.ville.example/", "host_mixed"),
        ("https://xn--pie-5cd.ville.example/", "host_mixed"),
        ("https://xn--80a8a.ville.example/", "host_confusable"),
        ("https://арр.ville.example/", "host_confusable"),
        ("https://παιε.ville.example/", None),
        ("https://οοο.ville.example/", "host_confusable"),
        ("https://paie.vi11e.example/", "host_confusable"),
        ("https://paie.viIle.exarnple/", "host_confusable"),
        ("https://paie.vïlle.example/", "host_confusable"),
        ("https://ｐaie.ville.example/", "host_bad"),
        ("https://xn--.ville.example/", "host_bad"),
        ("https://xn--paie-.ville.example/", "host_bad"),
        ("https://-paie.ville.example/", "host_bad"),
        ("https://paie..ville.example/", "host_bad"),
        ("https://santé.ville.example/", None),
        ("https://paie.ville.example./", None),
        ("https://PAIE.Ville.example:8443/a?b=c#d", None),
        ("https://ville.example/", None),
        ("https://10.1.2.3/", None),
    ],
)
def test_web_addresses(address: str, code: str | None) -> None:
    found = problems(manifest(addresses={"web": address}))
    assert found == ({"$.addresses.web": code} if code else {})
    # The same judge for every address of the manifest.
    for part, place in (({"help": {"address": address}}, "$.help.address"), ({"health": address}, "$.health")):
        assert problems(manifest(**part)) == ({place: code} if code else {})


def test_an_open_line_is_noted() -> None:
    assert warnings(manifest(addresses={"web": "http://paie.ville.example/"})) == {"$.addresses.web": "not_protected"}


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("javascript:alert(1)", "scheme"),
        ("ms-msdt:/id PCWDiagnostic", "scheme"),
        ("search-ms:query=x", "scheme"),
        ("https://paie.ville.example/", "scheme"),
        ("ms-word:ofe|u|https://evil.example/x.docm", "host_outside"),
        ("ms-word:ofe|u|https%3A%2F%2Fevil.example%2Fx.docm", "host_outside"),
        ("ms-word:ofe|u|https%253A%252F%252Fevil.example%252Fx.docm", "host_outside"),
        ("ms-word:ofe|u|https://a@evil.example/x.docm", "credentials"),
        ("ms-word:ofe|u|javascript:alert(1)", "scheme"),
        ("ms-word:ofe|u|%6Aavascript:alert(1)", "scheme"),
        ("ms-word:ofe|u|file://srv/x", "scheme"),
        ("outil: a", "bad_program"),
        ("outil", "bad_program"),
        ("OUTIL:a", "bad_program"),
        ("ms-word:ofe|u|https://docs.ville.example/x.docx", None),
        ("sap-logon:system=PAIE&client=100", None),
    ],
)
def test_addresses_of_programs(address: str, code: str | None) -> None:
    found = problems(manifest(opens_with="desktop", addresses={"desktop": address}))
    assert found == ({"$.addresses.desktop": code} if code else {})


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("notes://srv1/85257B5F006C1234", None),
        ("notes:///__85257B5F006C1234.nsf/0/0123456789ABCDEF0123456789ABCDEF?OpenDocument", None),
        ("notes://srv1/apps/conges.nsf", None),
        ("notes://srv1/85257B5F006C1234/<script>", "bad_notes"),
        ("notes:javascript:alert(1)", "bad_notes"),
        # The address of a Domino server, read into its parts: its host is a hint, led to nowhere.
        ("https://srv1/conges.nsf", None),
        ("https://srv1/conges.html", "bad_notes"),
    ],
)
def test_notes_links(address: str, code: str | None) -> None:
    found = problems(manifest(opens_with="notes", addresses={"notes": address}))
    assert found == ({"$.addresses.notes": code} if code else {})


@pytest.mark.parametrize("name", ["Pаie", "Paie Ρ", "ΡAIE"])
def test_names_that_mix_alphabets_are_refused(name: str) -> None:
    assert problems(manifest(name={"fr": name, "en": name})) == {
        "$.name.fr": "name_mixed",
        "$.name.en": "name_mixed",
    }


def test_names_of_the_city_pass() -> None:
    for name in ("Côte-des-Neiges–Notre-Dame-de-Grâce", "L’Œuvre № 2", "Запрос", "申請 311"):
        assert problems(manifest(name={"fr": name, "en": name})) == {}


@pytest.mark.parametrize(
    ("values", "place", "code"),
    [
        ({"service_from": "demain"}, "$.service_from", "bad_moment"),
        ({"service_from": "2026-13-01T00:00:00Z"}, "$.service_from", "bad_moment"),
        ({"service_from": "9999-12-31T23:59:59-14:00"}, "$.service_from", "bad_moment"),
        ({"service_from": "2999-01-01T00:00:00Z"}, "$.service_from", "far"),
        ({"retires_on": "2026-02-30"}, "$.retires_on", "bad_day"),
        ({"retires_on": "0001-01-01"}, "$.retires_on", "far"),
        ({"stage": "retiring"}, "$.retires_on", "no_day"),
        (
            {"maintenance": {"from": "2026-12-06T22:00:00Z", "until": "2026-12-06T02:00:00Z"}},
            "$.maintenance.until",
            "ends_first",
        ),
        ({"support": {"email": "x"}}, "$.support.email", "bad_email"),
        ({"support": {"phone": "tel:911"}}, "$.support.phone", "bad_phone"),
    ],
)
def test_dates_and_contacts(values: dict[str, Any], place: str, code: str) -> None:
    assert problems(manifest(**values)) == {place: code}


def test_a_moment_without_zone_is_the_citys() -> None:
    content = manifest(stage="announced", service_from="2026-12-01T08:00:00")
    assert warnings(content) == {"$.service_from": "no_zone"}
    (reading,) = read_manifests(json.dumps(content).encode())
    assert reading.manifest is not None
    assert meaning_of(reading.manifest, HOSTS).values["service_from"] == "2026-12-01T13:00:00+00:00"


# -- versions, patterns, sentences ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1", "2"),
        ("9", "10"),
        ("1.9", "1.10"),
        ("1.9.9", "2.0"),
        ("v1.2", "v1.3"),
        ("2.0-rc1", "2.0"),
        ("2.0-rc1", "2.0-rc2"),
        ("2.0-beta", "2.0-rc1"),
        ("2.0", "2.0-1"),
        ("2026-11-29T14:30:00Z", "2026-11-29T14:30:01Z"),
        ("2026-09-30", "2026-10-01"),
        ("build 99", "build 100"),
    ],
)
def test_versions_follow_each_other(older: str, newer: str) -> None:
    assert is_newer(newer, than=older) and not is_newer(older, than=newer) and not is_newer(newer, than=newer)


@pytest.mark.parametrize(
    "pattern",
    [
        "*",
        "*.",
        "*.example",
        "",
        "a b",
        "https://ville.example",
        "*.*.ville.example",
        "vïlle.example",
        "*.10.0.0.1",
        "ville.example/x",
    ],
)
def test_patterns_that_say_nothing_or_too_much_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError):
        check_pattern(pattern)


def test_patterns_are_kept_in_one_form() -> None:
    assert check_pattern(" *.Ville.Example. ") == "*.ville.example"
    assert check_pattern("10.1.2.3") == "10.1.2.3"


def test_every_problem_has_a_sentence_in_both_languages() -> None:
    from django.utils.translation import override

    for code in PROBLEMS:
        with override("fr"):
            french = str(PROBLEMS[code])
        with override("en"):
            english = str(PROBLEMS[code])
        assert french and english and (french != english or code == "field"), code


def test_the_description_is_the_format_itself() -> None:
    schema = described()
    assert "$defs" not in json.dumps(schema) and "$ref" not in json.dumps(schema)
    assert schema["required"] == ["key", "version", "name"]
    assert set(schema["properties"]) >= {"addresses", "opens_with", "maintenance", "health"}


# -- whatever comes ---------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=12), inner, max_size=5)),
    max_leaves=20,
)
NAMES = ["key", "version", "name", "addresses", "audience", "stage", "service_from", "maintenance", "support", "help"]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    for reading in read_manifests(body):
        assert (reading.manifest is None) == bool(reading.flaws)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_no_values_break_the_reader(values: dict[str, Any]) -> None:
    body = json.dumps(manifest(**values)).encode("utf-8", "surrogatepass")
    for reading in read_manifests(body):
        assert (reading.manifest is None) == bool(reading.flaws)
        assert reading.digest
        told = [*reading.flaws, *reading.warnings]
        if reading.manifest is not None:
            meaning = meaning_of(reading.manifest, HOSTS)
            told += [*meaning.flaws, *meaning.warnings]
            json.dumps(meaning.values)
        for one in told:
            assert one.path.startswith("$") and sentence_of(one.code, one.data) not in ("", one.code)
            json.dumps(one.kept())


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60))
def test_no_host_breaks_the_judge_and_only_allowed_ones_pass(host: str) -> None:
    found = judge(host, ["*.ville.example"])
    if found is None:
        assert host.lower().rstrip(".").endswith(".ville.example")
    else:
        assert isinstance(found, Flaw)
