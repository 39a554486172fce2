"""The bar, my page, the register, its files and the API, through the doors people use."""

import csv
import io
import json
import re
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from communities.actions import start_topic
from communities.models import Topic
from directory.actions import create_unit
from directory.models import Person, Unit
from foundation.acknowledgements.actions import acknowledge, count_reading, remind_now, renew
from foundation.acknowledgements.bars import bar_of
from foundation.acknowledgements.models import Acknowledgement, Reading, Request, Target
from foundation.acknowledgements.readings import readings_of
from foundation.activity.models import Activity
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person

from .conftest import ask_for

SECOND = {"fr": "Deuxième version.", "en": "Second version."}
SignIn = Callable[..., Client]


def _at(name: str, topic: Topic, *more: str) -> str:
    return reverse(f"acknowledgements:{name}", args=[topic.uuid, *more])


def _text(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8")


def test_acknowledging_from_the_bar_without_script(
    asked: Request, topic: Topic, member: Person, sign_in: SignIn
) -> None:
    answer = sign_in(member).post(_at("acknowledge", topic), {"version": "1", "language": "fr"})
    assert answer.status_code == 302 and answer.url == topic.get_absolute_url()
    assert Acknowledgement.objects.get().person == member


def test_the_bar_comes_back_done_with_htmx(asked: Request, topic: Topic, member: Person, sign_in: SignIn) -> None:
    client = sign_in(member)
    form = {"version": "1", "language": "fr"}
    page = client.post(_at("acknowledge", topic), form, headers={"HX-Request": "true"}).content.decode()
    assert "ack-bar--done" in page and re.search(r"Lu le \d+(er)?\xa0\w+ \d{4} à \d+\xa0h", page)


def test_a_stale_form_says_so_and_offers_the_new_text(
    asked: Request, topic: Topic, host: Person, member: Person, sign_in: SignIn
) -> None:
    renew(topic, actor=fresh(host), texts=SECOND, material=True)
    client = sign_in(member)
    answer = client.post(_at("acknowledge", topic), {"version": "1", "language": "fr"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422 and "Relisez-le" in answer.content.decode()
    assert not Acknowledgement.objects.exists()
    for version in ("", "0", "-1", "1e3", "٣", "99999999999"):
        client.post(_at("acknowledge", topic), {"version": version, "language": "fr"})
    assert not Acknowledgement.objects.exists()


def test_outsiders_get_404_and_others_403_with_the_reason(
    asked: Request, topic: Topic, member: Person, outsider: Person, host: Person, sign_in: SignIn
) -> None:
    client = sign_in(outsider)
    for url in (_at("register", topic), _at("export", topic, "csv"), _at("export", topic, "pdf")):
        assert client.get(url).status_code == 404
        answer = sign_in(member).get(url)
        assert answer.status_code == 403 and "registre" in answer.content.decode()
        assert sign_in(host).get(url).status_code == 200
    for name in ("acknowledge", "remind", "close"):
        assert client.post(_at(name, topic)).status_code == 404
    for name in ("remind", "close"):
        assert sign_in(member).post(_at(name, topic)).status_code == 403
    assert sign_in(host).get(_at("export", topic, "exe")).status_code == 404


def test_the_register_shows_who_saw_which_version_in_which_language(
    asked: Request, topic: Topic, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    acknowledge(topic, actor=fresh(member), language="fr", version=1)
    renew(topic, actor=fresh(host), texts=SECOND, material=False, note_fr="Une coquille corrigée.")
    acknowledge(topic, actor=fresh(colleague), language="en", version=2)
    page = sign_in(host, "fr").get(_at("register", topic)).content.decode()
    assert "version 1" in page and "en français" in page and "version 2" in page and "en anglais" in page
    assert "Une coquille corrigée." in page
    done = sign_in(host).get(f"{_at('register', topic)}?state=done").content.decode()
    assert (
        "Marc Membre" in done
        and "Helene Hote" not in re.sub(r"<header.*?</header>", "", done, flags=re.S).split('id="register"')[1]
    )
    pending = sign_in(host).get(f"{_at('register', topic)}?state=pending").content.decode()
    assert "Marc Membre" not in pending


def test_the_register_by_unit(
    topic: Topic, host: Person, city: Unit, work: Callable[[], None], sign_in: SignIn
) -> None:
    other = create_unit("LASALLE", "LaSalle", kind="borough", parent=city)
    below = create_unit("LAS-TP", "Travaux publics", kind="division", parent=other)
    make_person("lea.lasalle", unit=below)
    ask_for(topic, host)
    work()
    client = sign_in(host)
    page = client.get(_at("register", topic)).content.decode()
    # Folded to the borough.
    assert "LaSalle" in page and f"?unit={other.uuid}" in page and f"?unit={below.uuid}" not in page
    narrowed = client.get(f"{_at('register', topic)}?unit={other.uuid}").content.decode()
    rows = narrowed.split('id="register"')[1]
    assert "Lea Lasalle" in rows and "Travaux publics" in rows and "Helene Hote" not in rows.split("</ul>")[0]
    assert "Personne ici" in client.get(f"{_at('register', topic)}?unit=none").content.decode()
    assert client.get(f"{_at('register', topic)}?unit=nonsense").status_code == 200
    assert client.get(f"{_at('register', topic)}?after=nonsense").status_code == 400


def test_the_csv_has_every_proof_and_no_formula(
    topic: Topic, host: Person, member: Person, borough: Unit, work: Callable[[], None], sign_in: SignIn
) -> None:
    make_person("mal.icieux", unit=borough, family_name="=cmd|' /C calc'!A0")
    ask_for(topic, host)
    work()
    acknowledge(topic, actor=fresh(member), language="fr", version=1)
    renew(topic, actor=fresh(host), texts=SECOND, material=True)
    acknowledge(topic, actor=fresh(member), language="en", version=2)
    answer = sign_in(host, "fr").get(_at("export", topic, "csv"))
    text = _text(answer)
    assert text.startswith("\ufeff") and answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))
    mine = [row for row in rows if row["Nom d’utilisateur"] == "marc.membre"]
    assert [(row["Version"], row["Langue"], row["État"]) for row in mine] == [
        ("1", "fr", "Confirmé"),
        ("2", "en", "Confirmé"),
    ]
    assert len(mine[0]["Empreinte du texte (SHA-256)"]) == 64 and mine[0]["Date et heure"][-6:] in ("-05:00", "-04:00")
    evil = next(row for row in rows if row["Nom d’utilisateur"] == "mal.icieux")
    assert next(iter(evil.values())).startswith("'=")
    english = _text(sign_in(host, "en").get(_at("export", topic, "csv")))
    assert "Family name,First name" in english
    assert Activity.objects.filter(verb="acknowledgements.exported").count() == 2


def test_the_pdf_is_one_and_names_everyone(
    topic: Topic, host: Person, borough: Unit, work: Callable[[], None], sign_in: SignIn
) -> None:
    for number in range(70):
        make_person(f"p{number}.foule", unit=borough, family_name="Nguyễn Łukasz 日本")
    ask_for(topic, host)
    work()
    data = b"".join(sign_in(host, "fr").get(_at("export", topic, "pdf")).streaming_content)
    assert data.startswith(b"%PDF-1.7") and data.rstrip().endswith(b"%%EOF")
    # The table of places points to objects.
    start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    assert data[start:].startswith(b"xref")
    for place in re.findall(rb"(\d{10}) 00000 n", data[start:]):
        assert re.match(rb"\d+ 0 obj", data[int(place) :])
    assert int(re.search(rb"/Count (\d+)", data)[1]) == 4  # type: ignore[index]
    maps = b"".join(
        zlib.decompress(one) for one in re.findall(rb"/FlateDecode >>\nstream\n(.*?)\nendstream", data, re.S)
    )
    # Vietnamese and Polish letters are drawn and can be copied.
    assert b"<1ec5>" in maps and b"<0141>" in maps


def test_the_register_costs_as_much_for_many(
    topic: Topic, host: Person, borough: Unit, work: Callable[[], None], sign_in: SignIn
) -> None:
    ask_for(topic, host)
    work()
    client = sign_in(host)
    client.get(_at("register", topic))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(_at("register", topic)).status_code == 200
        return len(queries)

    few = count()
    for number in range(20):
        make_person(f"p{number}.foule", unit=borough)
    Request.objects.update(settled=None, swept_to=0, swept=timezone.now() - timedelta(minutes=5))
    work()
    assert Target.objects.count() >= 21
    assert count() == few


def test_my_page_shows_what_waits_then_what_is_done(
    asked: Request,
    topic: Topic,
    community: Space,
    host: Person,
    member: Person,
    work: Callable[[], None],
    sign_in: SignIn,
) -> None:
    other = start_topic(community, "Règlement sur les chantiers", "Texte", actor=host)
    ask_for(other, host, mode="agree")
    work()
    client = sign_in(member, "fr")
    page = client.get(reverse("acknowledgements:mine")).content.decode()
    assert "À lire et à accepter" in page and page.count("row--todo") == 2
    acknowledge(other, actor=fresh(member), language="fr", version=1)
    page = client.get(reverse("acknowledgements:mine")).content.decode()
    assert page.count("row--todo") == 1 and "Lu et accepté le" in page
    assert "Mes confirmations" in page


def test_the_bar_says_that_reading_is_recorded_by_name(asked: Request, topic: Topic, member: Person) -> None:
    for language, words in (("fr", "Votre lecture est consignée à votre nom."), ("en", "recorded under your name")):
        with override(language):
            page = render_to_string("acknowledgements/_bar.html", {"bar": bar_of(topic, fresh(member), language)})
        assert words in page and f'name="language" value="{language}"' in page
    assert render_to_string("acknowledgements/_bar.html", {"bar": None}).strip() == ""


def test_reminding_by_hand_is_one_activity_an_hour(
    asked: Request, topic: Topic, host: Person, sign_in: SignIn, work: Callable[[], None]
) -> None:
    client = sign_in(host)
    assert client.post(_at("remind", topic), follow=True).status_code == 200
    client.post(_at("remind", topic), follow=True)
    assert Activity.objects.filter(verb="acknowledgements.reminded").count() == 1
    with pytest.raises(Exception, match="heure"):
        remind_now(topic, actor=fresh(host))


def test_the_api(asked: Request, topic: Topic, host: Person, member: Person, outsider: Person, sign_in: SignIn) -> None:
    client = sign_in(member)
    mine = client.get("/api/v1/acknowledgements").json()
    assert [one["id"] for one in mine["items"]] == [str(topic.uuid)] and mine["items"][0]["languages"] == ["en", "fr"]
    url = f"/api/v1/acknowledgements/{topic.uuid}"

    def declare(who: Client, **data: Any) -> Any:
        return who.post(url, json.dumps({"language": "fr", "version": 1, **data}), content_type="application/json")

    assert declare(client, version=7).status_code == 422
    assert declare(client).json()["version"] == 1
    assert declare(sign_in(outsider)).status_code == 404
    assert client.get("/api/v1/acknowledgements").json()["items"] == []
    assert client.get(f"{url}/register").status_code == 403
    assert sign_in(outsider).get(f"{url}/register").status_code == 404
    rows = sign_in(host).get(f"{url}/register?state=done").json()["items"]
    assert [(row["name"], row["version"], row["language"]) for row in rows] == [("Marc Membre", 1, "fr")]
    first = sign_in(host).get(f"{url}/register?limit=1").json()
    assert first["next"] and sign_in(host).get(f"{url}/register?limit=5&cursor={first['next']}").json()["next"] is None


def test_readings_count_people_once_and_hide_small_numbers(
    topic: Topic, borough: Unit, django_assert_num_queries: Any
) -> None:
    people = [make_person(f"p{number}.foule", unit=borough) for number in range(21)]
    for person in people[:9]:
        count_reading(topic, person)
    assert readings_of(topic) is None
    for person in people:
        count_reading(topic, person)
    assert readings_of(topic) == 20 and Reading.objects.count() == 21
    with django_assert_num_queries(1):
        count_reading(topic, people[0])
    # Nobody's key is in it.
    assert not any(str(person.pk) == one.mark for one in Reading.objects.all() for person in people)


def test_without_a_request_there_is_no_register(topic: Topic, host: Person, sign_in: SignIn) -> None:
    assert sign_in(host).get(_at("register", topic)).status_code == 404
    assert bar_of(topic, fresh(host), "fr") is None
