"""The results page, the suggestions of the box, the API and the description, as people and programs get them."""

import json
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.models import Application
from communities.actions import start_topic
from communities.models import Topic
from directory.models import Person, Unit
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE, principal
from foundation.content import actions
from foundation.content.models import Content
from foundation.search.indexer import Indexer
from foundation.spaces.actions import change_access
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(community: Space, host: Person, indexer: Indexer) -> list[Topic]:
    """Three topics, indexed."""
    titles = ("Règlement sur le bruit", "Règlement de zonage", "Snow removal bylaw")
    topics = [
        start_topic(community, title, f"Le texte de {title}.", language="en" if "Snow" in title else "fr", actor=host)
        for title in titles
    ]
    indexer.settle()
    return topics


def page(client: Client, **data: Any) -> str:
    response = client.get("/search/", data)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def titles(html: str) -> list[str]:
    """The titles of the finds, marks taken out."""
    rows = re.findall(r'class="row__title"[^>]*>(.*?)</a>', html, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", one).strip() for one in rows]


def api(client: Client, **data: Any) -> dict[str, Any]:
    response = client.get("/api/v1/search", data)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def suggested(client: Client, q: str, **data: Any) -> dict[str, list[str]]:
    """The options by the title of their group."""
    html = client.get("/search/suggest", {"q": q, **data}).content.decode()
    groups = {}
    for group in re.findall(r'<div role="group".*?</a></div>', html, re.DOTALL):
        title = re.search(r'role="presentation">([^<]*)<', group)
        assert title is not None
        groups[title[1]] = re.findall(r'class="suggestion__name">([^<]*)<', group)
    return groups


# -- the page


def test_finds_with_marks_extract_and_where_from(made: list[Topic], member: Person, sign_in: Any) -> None:
    html = page(sign_in(member), q="reglement bruit")
    assert titles(html) == ["Règlement sur le bruit"]
    assert "<mark>Règlement</mark>" in html and "<mark>bruit</mark>" in html
    assert made[0].space.name in html and made[0].author.name in html
    assert "1 result" in html or "1 résultat" in html


def test_filters_are_named_counted_and_undone(made: list[Topic], member: Person, sign_in: Any) -> None:
    client = sign_in(member)
    html = page(client, q="texte")
    assert "language=en" in html
    english = page(client, q="texte", language="en")
    assert titles(english) == ["Snow removal bylaw"]
    assert 'href="/search/?q=texte"' in english
    assert titles(page(client, q="texte", space=made[0].space.uuid, author=made[0].author.uuid, kind="topic")) != []
    assert titles(page(client, q="texte", kind="application")) == []
    assert len(titles(page(client, q="texte", date="day"))) == 3
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert titles(page(client, q="texte", **{"from": tomorrow})) == []
    today = timezone.localdate().isoformat()
    assert len(titles(page(client, q="texte", to=today))) == 3


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "nothing"},
        {"space": "not-a-uuid"},
        {"space": "00000000-0000-0000-0000-000000000000"},
        {"unit": "12"},
        {"author": "'; DROP TABLE"},
        {"date": "always"},
        {"from": "yesterday"},
        {"language": "xx"},
    ],
)
def test_filters_that_name_nothing_find_nothing_and_say_so(
    made: list[Topic], member: Person, sign_in: Any, data: dict[str, str]
) -> None:
    assert titles(page(sign_in(member), q="texte", **data)) == []


@pytest.mark.parametrize("after", ["-1", "x", "1e3", "99999999", "²"])
def test_a_damaged_address_starts_over(made: list[Topic], member: Person, sign_in: Any, after: str) -> None:
    assert sign_in(member).get("/search/", {"q": "texte", "after": after}).status_code == 302


@pytest.mark.parametrize(
    "q", ["\0", '"', "-", "*", "((", "AND OR", "a" * 5000, "<script>alert(1)</script>", "%s", "😀", "\ud7ff"]
)
def test_whatever_is_typed(made: list[Topic], member: Person, sign_in: Any, q: str) -> None:
    html = page(sign_in(member), q=q)
    assert "<script>alert" not in html
    assert sign_in(member).get("/search/suggest", {"q": q}).status_code == 200
    assert sign_in(member).get("/api/v1/search", {"q": q[:400]}).status_code == 200


def test_orders(made: list[Topic], member: Person, sign_in: Any) -> None:
    client = sign_in(member)
    Content.objects.filter(pk=made[1].pk).update(updated=timezone.now() - timedelta(days=3))
    by_title = titles(page(client, q="texte", order="title"))
    assert by_title == sorted(by_title, key=str.casefold)
    assert set(titles(page(client, q="texte", order="colour"))) == set(by_title)


def test_more_goes_on_to_the_end(
    community: Space, host: Person, member: Person, indexer: Indexer, sign_in: Any
) -> None:
    for number in range(25):
        start_topic(community, f"Lot {number:02}", "loutre", actor=host)
    indexer.settle()
    client = sign_in(member)
    first = page(client, q="loutre", order="title")
    more = re.search(r'class="more"><a class="button" href="([^"]*)"', first)
    assert more is not None and len(titles(first)) == 20
    rest = client.get(more[1].replace("&amp;", "&")).content.decode()
    assert titles(first) + titles(rest) == [f"Lot {number:02}" for number in range(25)]
    assert 'class="more"' not in rest


def test_misspelt_words_are_put_right_and_it_is_said(made: list[Topic], member: Person, sign_in: Any) -> None:
    html = page(sign_in(member), q="reglemant zonnage")
    assert titles(html) == ["Règlement de zonage"]
    assert "reglemant zonnage" in html and "finds__meant" in html


def test_the_beginning_of_a_name_or_a_telephone_finds_people(
    made: list[Topic], host: Person, member: Person, outsider: Person, sign_in: Any
) -> None:
    client = sign_in(member)
    assert titles(page(client, q=f"{host.family_name} {host.given_name[:3]}")) == [host.name]
    assert titles(page(client, q=f"{host.family_name} {host.given_name[:3]}", kind="topic")) == []
    assert titles(page(sign_in(outsider), q=f"{host.family_name} {host.given_name[:3]}")) == []


def test_nothing_found_helps(made: list[Topic], member: Person, sign_in: Any) -> None:
    html = page(sign_in(member), q="hippopotame rose", kind="topic")
    assert (
        "finds__ways" in html and "/people/?q=hippopotame+rose" in html and 'href="/search/?q=hippopotame+rose"' in html
    )


def test_before_anything_is_asked_it_says_how(made: list[Topic], member: Person, sign_in: Any) -> None:
    html = page(sign_in(member))
    assert "finds__syntax" in html and titles(html) == []


def test_signed_out_is_sent_to_the_door(made: list[Topic]) -> None:
    client = Client()
    for address in ("/search/?q=texte", "/search/suggest?q=texte"):
        assert client.get(address).status_code == 302
    assert client.get("/api/v1/search?q=texte").status_code == 401


# -- what one may not see, by every door


def test_nothing_of_a_hidden_space_by_any_door(
    made: list[Topic], community: Space, host: Person, colleague: Person, indexer: Indexer, sign_in: Any
) -> None:
    change_access(community, Space.Access.HIDDEN, actor=fresh(host))
    indexer.settle()
    client = sign_in(colleague)
    for q in ("zonage", "zonnage", "texte", community.name):
        html = page(client, q=q)
        assert "zonage" not in html.replace(f'"{q}"', "").replace(q, "")
        assert community.name not in html.replace(q, "")
        found = api(client, q=q)
        assert [one for one in found["items"] if one["kind"] != "unit"] == []
    assert suggested(client, "règle") == {}
    assert titles(page(client, q="texte", space=community.uuid)) == []


def test_what_was_shared_says_nothing_of_its_space(
    made: list[Topic], community: Space, host: Person, colleague: Person, indexer: Indexer, sign_in: Any
) -> None:
    change_access(community, Space.Access.HIDDEN, actor=fresh(host))
    actions.share(made[1], principal("person", colleague.pk), actor=fresh(host))
    indexer.settle()
    client = sign_in(colleague)
    html = page(client, q="zonage")
    assert titles(html) == ["Règlement de zonage"]
    assert community.name not in html and str(community.uuid) not in html
    [found] = api(client, q="zonage")["items"]
    assert "space" not in found and community.name not in json.dumps(found)
    assert community.name not in client.get("/search/suggest", {"q": "zonage"}).content.decode()


def test_externals_find_nobody(made: list[Topic], borough: Unit, host: Person, indexer: Indexer, sign_in: Any) -> None:
    external = make_person("ext.erne", kind="external", given_name="Exupère")
    indexer.settle()
    client = sign_in(external)
    assert titles(page(client, q=host.family_name)) == [] and api(client, q=host.family_name)["items"] == []
    assert suggested(client, host.family_name) == {}
    assert titles(page(client, q=borough.name_fr)) == []


def test_a_skill_kept_to_oneself_finds_nobody(
    member: Person, colleague: Person, indexer: Indexer, sign_in: Any
) -> None:
    from directory.actions.words import refresh_words
    from directory.models import PersonSkill, Skill

    skill = Skill.objects.create(key="ornithologie", name_fr="Ornithologie", name_en="Ornithology")
    PersonSkill.objects.create(person=member, skill=skill)
    refresh_words([member.pk])
    indexer.settle()
    client = sign_in(colleague)
    assert member.name in titles(page(client, q="ornithologie"))
    Person.objects.filter(pk=member.pk).update(privacy={"skills": "nobody"})
    refresh_words([member.pk])
    indexer.settle()
    assert titles(page(client, q="ornithologie")) == []
    assert "Ornithologie" not in client.get("/search/suggest", {"q": "ornitho"}).content.decode()


# -- the API


def test_the_shape_of_the_answer(
    made: list[Topic], member: Person, host: Person, indexer: Indexer, sign_in: Any
) -> None:
    client = sign_in(member)
    found = api(client, q="règlement", limit=1)
    assert set(found) == {"items", "next", "total", "did_you_mean"}
    assert found["total"] == 2 and found["next"] == "1"
    [one] = found["items"]
    assert {"id", "kind", "title", "url", "extract"} <= set(one) and one["kind"] == "topic"
    [other] = api(client, q="règlement", limit=1, cursor=found["next"])["items"]
    assert other["id"] != one["id"]
    person = next(item for item in api(client, q=host.family_name)["items"] if item["kind"] == "person")
    assert person["name"] == host.name and person["id"] == str(host.uuid) and person["url"] == host.get_absolute_url()
    assert api(client, q="reglemant")["did_you_mean"] == "règlement"
    assert "&" not in api(client, q="texte")["items"][0]["extract"]


@pytest.mark.parametrize("data", [{"cursor": "x"}, {"cursor": "-1"}, {"cursor": "999999999"}])
def test_a_cursor_that_is_not_ours(member: Person, sign_in: Any, indexer: Indexer, data: dict[str, str]) -> None:
    assert sign_in(member).get("/api/v1/search", {"q": "a", **data}).status_code == 400


@pytest.mark.parametrize("data", [{"limit": 0}, {"limit": 101}, {"order": "colour"}, {"space": "x"}, {"since": "x"}])
def test_parameters_that_are_not_as_expected(
    member: Person, sign_in: Any, indexer: Indexer, data: dict[str, Any]
) -> None:
    assert sign_in(member).get("/api/v1/search", {"q": "a", **data}).status_code == 422


def test_filters_of_the_api(made: list[Topic], member: Person, sign_in: Any) -> None:
    client = sign_in(member)
    assert api(client, q="texte", language="en")["total"] == 1
    assert api(client, q="texte", author=made[0].author.uuid, space=made[0].space.uuid)["total"] == 3
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    assert api(client, q="texte", since=tomorrow)["total"] == 0
    assert api(client, q="texte", until=tomorrow)["total"] == 3
    assert api(client, q="texte", kind="person")["items"] == []


# -- the box


def test_suggestions_in_groups(made: list[Topic], member: Person, host: Person, sign_in: Any) -> None:
    client = sign_in(member)
    groups = suggested(client, "règ")
    assert any(set(one) == {"Règlement sur le bruit", "Règlement de zonage"} for one in groups.values())
    assert any(host.name in one for one in suggested(client, host.family_name[:4]).values())
    assert any("ommun" in name for one in suggested(client, "communauté").values() for name in one)
    assert any(host.name in one for one in suggested(client, _misspelt(host.family_name)).values())


def _misspelt(name: str) -> str:
    return name[:2] + name[3] + name[2] + name[4:]


def test_what_was_opened_before_comes_first_while_it_may_be_seen(
    made: list[Topic], host: Person, member: Person, sign_in: Any
) -> None:
    client = sign_in(member)
    recent = f"topic:{made[0].uuid},person:{host.uuid},topic:00000000-0000-0000-0000-000000000000,x:1,nothing"
    first = next(iter(suggested(client, "", recent=recent).values()))
    assert first == ["Règlement sur le bruit", host.name]
    groups = list(suggested(client, "règlement", recent=recent).values())
    # What stands among them is not said twice.
    assert sum(one.count("Règlement sur le bruit") for one in groups) == 1
    actions.narrow(made[0], audience_of({principal("person", host.pk)}), actor=fresh(host))
    assert next(iter(suggested(client, "", recent=recent).values())) == [host.name]


def test_the_same_queries_for_one_find_or_twenty(
    community: Space, host: Person, member: Person, indexer: Indexer, sign_in: Any
) -> None:
    client = sign_in(member)

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    start_topic(community, "Sujet pieuvre", "pieuvre", actor=host)
    indexer.settle()
    addresses = ("/search/?q=pieuvre", "/api/v1/search?q=pieuvre", "/search/suggest?q=pieuvre")
    single = [queries(one) for one in addresses]
    for number in range(19):
        start_topic(community, f"Sujet pieuvre {number}", "pieuvre", actor=host)
    indexer.settle()
    assert [queries(one) for one in addresses] == single


def test_an_application_shows_one_language(member: Person, indexer: Indexer, sign_in: Any) -> None:
    space = Space.objects.create(
        kind="site", slug="apps", name_fr="Applications", access="open", audience=audience_of({EVERYONE})
    )
    made = Application.objects.create(
        space=space,
        title="Paie",
        title_translated="Payroll",
        description_fr="Voir le détail de la paie et les congés.",
        description_en="See the details of the pay and the leaves.",
        language="fr",
        author=member,
        owner=member,
        state="published",
    )
    from foundation.search.actions import queue

    queue([made.pk])
    indexer.settle()
    client = sign_in(member)
    html = page(client, q="paie payroll")
    assert "détail" in html and "details of the pay" not in html


# -- the description


def test_a_browser_adds_the_portal_to_its_search_engines(member: Person, sign_in: Any) -> None:
    response = Client().get("/search/opensearch.xml")
    assert response.status_code == 200 and response.headers["Content-Type"].startswith("application/opensearch")
    root = ElementTree.fromstring(response.content)
    names = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    [url] = root.findall("o:Url", names)
    assert url.attrib["template"].endswith("/search/?q={searchTerms}")
    name = root.findtext("o:ShortName", namespaces=names)
    assert name and len(name) <= 16
    html = sign_in(member).get("/").content.decode()
    assert 'rel="search" type="application/opensearchdescription+xml"' in html


def test_nothing_is_kept_of_what_was_searched(made: list[Topic], member: Person, sign_in: Any, caplog: Any) -> None:
    client = sign_in(member)
    word = "introuvablissime"
    with CaptureQueriesContext(connection) as asked, caplog.at_level("DEBUG"):
        page(client, q=word)
        api(client, q=word)
        suggested(client, word)
    changes = [one["sql"] for one in asked if re.match(r"\s*(INSERT|UPDATE|DELETE)", one["sql"], re.I)]
    assert [sql for sql in changes if word in sql] == []
    ours = [one for one in caplog.records if not one.name.startswith("django.db")]
    assert [one.getMessage() for one in ours if word in one.getMessage()] == []
