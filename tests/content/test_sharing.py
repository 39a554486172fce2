"""Sharing any content by its pages: who may, with whom, in which words, and how it ends."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.actions import create_community, start_topic
from communities.models import Topic
from directory.actions import create_unit
from directory.models import Group, Person, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import Refused, ask
from foundation.audiences.principals import principal
from foundation.content import actions
from foundation.content.models import Content, Share
from foundation.content.policies import role_on
from foundation.spaces.models import Membership, Role, Space
from tests.conftest import fresh, make_person
from whiteboards.actions import create_board

from .sharing import main, page_of, share

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def test_the_author_shares_with_several_at_once_and_they_are_told(
    hidden: Topic, host: Person, colleague: Person, outsider: Person, sign_in: SignIn, deliver: Callable[[], int]
) -> None:
    deliver()
    client = sign_in(host)
    answer = share(client, hidden, colleague, outsider, note="Pour la réunion  de jeudi")
    assert answer["Location"] == page_of(hidden)
    page = main(client.get(page_of(hidden)))
    assert "Partagé avec Carla Collegue, Ext Externe." in page
    assert page.count("Peut lire") == 2 and page.count("Pour la réunion de jeudi") == 2
    assert page.count("partagé par Helene Hote") == 2
    for person in (colleague, outsider):
        assert sign_in(person).get(hidden.get_absolute_url()).status_code == 200
    # One announcement for both.
    [activity] = Activity.objects.filter(verb="content.shared")
    assert len(activity.data["told"]) == 2
    deliver()
    told = main(sign_in(colleague).get("/notifications/"))
    assert "Helene Hote a partagé « Quel béton pour les trottoirs ? » avec vous" in told
    assert "vous pouvez en prendre connaissance" in told and "Pour la réunion de jeudi" in told
    assert "shared “Quel béton" in main(sign_in(outsider, "en").get("/notifications/"))
    assert not Notification.objects.filter(person=host, activity=activity).exists()


def test_what_is_changed_is_said_and_nothing_is_told_twice(
    hidden: Topic, host: Person, colleague: Person, sign_in: SignIn, deliver: Callable[[], int]
) -> None:
    client = sign_in(host)
    share(client, hidden, colleague)
    [given] = Share.objects.all()
    day = timezone.localdate() + timedelta(days=9)
    change = f"{page_of(hidden)}{given.uuid}/"
    form = main(client.get(change))
    assert "Modifier le partage avec Carla Collegue" in form and 'name="people"' not in form
    assert client.post(change, {"last_day": day.isoformat(), "note": "Jusque-là"}).status_code == 302
    [given] = Share.objects.all()
    assert given.last_day == day and given.note == "Jusque-là"
    assert [one.data["told"] for one in Activity.objects.filter(verb="content.shared").order_by("pk")][1] == []
    # The same again is no change, and no announcement.
    client.post(change, {"last_day": day.isoformat(), "note": "Jusque-là"})
    assert Activity.objects.filter(verb="content.shared").count() == 2
    deliver()
    assert Notification.objects.filter(person=colleague, activity__verb="content.shared").count() == 1


def test_a_share_is_withdrawn_at_once_and_undone(
    hidden: Topic, host: Person, member: Person, colleague: Person, sign_in: SignIn, deliver: Callable[[], int]
) -> None:
    client, theirs = sign_in(host), sign_in(colleague)
    share(client, hidden, colleague)
    [given] = Share.objects.all()
    deliver()
    answer = client.post(f"{page_of(hidden)}{given.uuid}/withdraw/", follow=True)
    assert "n’est plus partagé avec Carla Collegue" in main(answer)
    assert theirs.get(hidden.get_absolute_url()).status_code == 404
    # Nor may one be reminded of it.
    assert hidden.title not in theirs.get("/notifications/").content.decode()
    assert "retiré par Helene Hote" in main(client.get(page_of(hidden)))
    # Members read what is, not what was.
    assert "Carla Collegue" not in main(sign_in(member).get(page_of(hidden)))
    # Twice is once.
    client.post(f"{page_of(hidden)}{given.uuid}/withdraw/")
    assert Activity.objects.filter(verb="content.share_withdrawn").count() == 1
    client.post(f"{page_of(hidden)}{given.uuid}/restore/")
    assert theirs.get(hidden.get_absolute_url()).status_code == 200
    told = Notification.objects.filter(person=colleague).count()
    deliver()
    assert Notification.objects.filter(person=colleague).count() == told
    assert Share.objects.count() == 1


def test_only_who_took_a_share_back_undoes_it_and_not_for_long(
    hidden: Topic, community: Space, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    Membership.objects.filter(space=community, person=member).update(role=Role.EDITOR)
    share(sign_in(host), hidden, colleague)
    [given] = Share.objects.all()
    sign_in(host).post(f"{page_of(hidden)}{given.uuid}/withdraw/")
    restore = f"{page_of(hidden)}{given.uuid}/restore/"
    assert sign_in(member).post(restore).status_code == 403
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert sign_in(host).post(restore).status_code == 403
    assert Share.objects.active().count() == 0


def test_an_undo_does_not_double_what_was_shared_again_meanwhile(
    hidden: Topic, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    client = sign_in(host)
    share(client, hidden, colleague)
    [given] = Share.objects.all()
    client.post(f"{page_of(hidden)}{given.uuid}/withdraw/")
    share(client, hidden, colleague)
    assert client.post(f"{page_of(hidden)}{given.uuid}/restore/").status_code == 302
    assert Share.objects.active().count() == 1 and Share.objects.count() == 2


def test_readers_see_who_sees_it_and_change_nothing(
    topic: Topic, member: Person, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    share(sign_in(host), topic, colleague, note="Entre nous")
    [given] = Share.objects.all()
    client = sign_in(member)
    page = main(client.get(page_of(topic)))
    assert "Les membres de la communauté Béton et chaussées" in page
    assert "Tout le personnel et les personnes élues" in page and "Carla Collegue" in page
    assert "Entre nous" not in page and "<form" not in page
    assert "Entre nous" in main(sign_in(colleague).get(page_of(topic)))
    assert share(client, topic, colleague).status_code == 403
    for act in ("", "withdraw/", "restore/"):
        assert client.post(f"{page_of(topic)}{given.uuid}/{act}").status_code == 403
    assert client.get(f"{page_of(topic)}{given.uuid}/").status_code == 403
    # The page of the topic offers sharing to whoever may.
    assert f'href="{page_of(topic)}"><svg' in sign_in(host).get(topic.get_absolute_url()).content.decode()
    assert f'href="{page_of(topic)}"><svg' not in client.get(topic.get_absolute_url()).content.decode()


def test_who_may_not_see_a_thing_learns_nothing_of_its_sharing(
    hidden: Topic, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    share(sign_in(host), hidden, "everyone")
    [given] = Share.objects.all()
    Share.objects.update(withdrawn=timezone.now())
    client = sign_in(colleague)
    assert client.get(page_of(hidden)).status_code == 404
    assert client.get(f"{page_of(hidden)}{given.uuid}/").status_code == 404
    assert share(client, hidden, colleague).status_code == 404
    assert client.post(f"{page_of(hidden)}{given.uuid}/restore/").status_code == 404
    assert client.get(f"/api/v1/content/{hidden.uuid}/shares").status_code == 404


def test_a_share_of_another_thing_is_not_reached_by_this_one(
    hidden: Topic, community: Space, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    mine = start_topic(community, "Le mien", "Texte", actor=fresh(member))
    share(sign_in(host), hidden, colleague)
    [given] = Share.objects.all()
    assert sign_in(member).post(f"{page_of(mine)}{given.uuid}/withdraw/").status_code == 404
    assert Share.objects.active().count() == 1


def test_of_a_space_one_does_not_read_not_even_the_name_is_said(
    hidden: Topic, community: Space, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    share(sign_in(host), hidden, colleague)
    page = sign_in(colleague).get(page_of(hidden)).content.decode()
    assert "Les personnes qui lisent l’espace où il se trouve" in page
    assert community.name not in page


def test_with_units_groups_communities_and_everyone(
    hidden: Topic, borough: Unit, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    group = Group.objects.create(name_fr="Amis du béton", is_public=True)
    group.members.add(colleague)
    other = create_community(actor=fresh(host), name_fr="Ponts")
    client, theirs = sign_in(host), sign_in(colleague)
    for key, label in {
        f"unit:{borough.uuid}": "Verdun",
        f"group:{group.uuid}": "Amis du béton",
        "everyone": "Tout le personnel et les personnes élues",
    }.items():
        assert theirs.get(hidden.get_absolute_url()).status_code == 404
        share(client, hidden, key)
        assert theirs.get(hidden.get_absolute_url()).status_code == 200
        assert label in main(client.get(page_of(hidden)))
        Share.objects.update(withdrawn=timezone.now())
    share(client, hidden, f"space:{other.uuid}")
    assert "Ponts" in main(client.get(page_of(hidden)))
    assert theirs.get(hidden.get_absolute_url()).status_code == 404
    Membership.objects.create(space=other, person=colleague, role=Role.READER)
    assert theirs.get(hidden.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("carla.collegue", "Carla Collegue"),
        ("carla collegue", "Carla Collegue"),
        ("Verdun", "Verdun"),
        ("Ponts et viaducs", "Ponts et viaducs"),
        ("carla.collegue, Verdun", "Verdun"),
    ],
)
def test_names_are_understood_without_script(
    hidden: Topic, host: Person, colleague: Person, sign_in: SignIn, typed: str, who: str
) -> None:
    create_community(actor=fresh(host), name_fr="Ponts et viaducs")
    client = sign_in(host)
    assert client.post(page_of(hidden), {"people": typed}).status_code == 302
    assert who in main(client.get(page_of(hidden)))


def test_a_name_that_several_answer_to_shares_with_none(
    hidden: Topic, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    """Part of the name of a unit, and of somebody: a slip must not show it to the whole unit."""
    Unit.objects.create(code="COL", name_fr="Collegue et associés", kind="service", path="/9/")
    make_person("paul.double")
    make_person("pierre.double")
    for typed in ("collegue", "double", "inconnu au bataillon", "person:6c0333e4-f3c2-46bb-8f86-cb686f37b4c3"):
        answer = sign_in(host).post(page_of(hidden), {"people": typed})
        assert answer.status_code == 422 and typed in main(answer)
    assert not Share.objects.exists()


def test_whom_one_may_not_know_of_one_cannot_name(
    hidden: Topic, host: Person, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    secret = Group.objects.create(name_fr="Enquête", is_public=False)
    gone = make_person("luc.parti")
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    closed = create_community(actor=fresh(colleague), name_fr="Négociations", access=Space.Access.HIDDEN)
    client = sign_in(host)
    for key in (f"group:{secret.uuid}", f"person:{gone.uuid}", f"space:{closed.uuid}", f"editors:{closed.uuid}"):
        answer = share(client, hidden, key)
        assert answer.status_code == 422
        assert not {"Enquête", "Négociations", "Parti"} & set(re.findall(r"\w+", main(answer)))
        data = {"shared_with": [key]}
        api = client.post(f"/api/v1/content/{hidden.uuid}/shares", data, content_type="application/json")
        assert api.status_code == 422
    for held in (principal("group", secret.pk), principal("person", gone.pk), principal("space", closed.pk)):
        with pytest.raises(Refused):
            actions.share(hidden, held, actor=fresh(host))
    # An external knows nobody, and is not everyone.
    Content.objects.filter(pk=hidden.pk).update(author=outsider)
    Membership.objects.create(space=hidden.space, person=outsider, role=Role.CONTRIBUTOR)
    for held in ("everyone", "elected", principal("person", colleague.pk), principal("unit", colleague.unit_id)):
        with pytest.raises(Refused):
            actions.share(Content.objects.get(pk=hidden.pk), held, actor=fresh(outsider))
    assert not Share.objects.exists()


def test_hidden_groups_in_a_share_are_not_named_to_others(
    hidden: Topic, host: Person, member: Person, sign_in: SignIn
) -> None:
    secret = Group.objects.create(name_fr="Enquête interne", is_public=False)
    secret.owners.add(host)
    share(sign_in(host), hidden, f"group:{secret.uuid}")
    assert "Enquête interne" in main(sign_in(host).get(page_of(hidden)))
    page = main(sign_in(member).get(page_of(hidden)))
    assert "Enquête" not in page and "Un élément que vous ne voyez pas" in page
    api = sign_in(member).get(f"/api/v1/content/{hidden.uuid}/shares").json()["items"]
    assert [one["shared_with"] for one in api] == [""] and "Enquête" not in str(api)
    # An editor who does not know it may take the share back, and change nothing else about it.
    Membership.objects.filter(space=hidden.space, person=member).update(role=Role.EDITOR)
    [given] = Share.objects.all()
    assert sign_in(member).get(f"{page_of(hidden)}{given.uuid}/").status_code == 302
    assert sign_in(member).post(f"{page_of(hidden)}{given.uuid}/withdraw/").status_code == 302
    assert not Share.objects.active().exists()


def test_nobody_gives_more_than_they_have(
    hidden: Topic, community: Space, member: Person, colleague: Person, host: Person, sign_in: SignIn
) -> None:
    mine = start_topic(community, "Le mien", "Texte", actor=fresh(member))
    with pytest.raises(Refused):
        actions.share(mine, principal("person", colleague.pk), actor=fresh(member), role=Role.EDITOR)
    # A share in a role that the owner gave is not given back by whoever has less.
    given = actions.share(mine, principal("person", colleague.pk), actor=fresh(host), role=Role.OWNER)
    assert role_on(fresh(colleague), mine) == Role.OWNER
    actions.withdraw_share(given, actor=fresh(member))
    with pytest.raises(Refused):
        actions.restore_share(given, actor=fresh(member))
    # A role sent to a kind that offers no choice is not taken.
    share(sign_in(host), hidden, colleague, role=Role.OWNER.value)
    assert Share.objects.get(content=hidden).role == Role.READER
    # To have been shared something with gives no right to share it on.
    assert share(sign_in(colleague), hidden, host).status_code == 403


def test_the_last_day_counts_whole_and_then_it_is_over(
    hidden: Topic, host: Person, colleague: Person, sign_in: SignIn
) -> None:
    day = timezone.localdate() + timedelta(days=2)
    client, theirs = sign_in(host), sign_in(colleague)
    share(client, hidden, colleague, last_day=day.isoformat())
    assert "jusqu’au" in main(client.get(page_of(hidden)))
    [given] = Share.objects.all()
    assert given.expires is not None
    with time_machine.travel(given.expires - timedelta(minutes=1), tick=False):
        assert sign_in(colleague).get(hidden.get_absolute_url()).status_code == 200
    with time_machine.travel(given.expires + timedelta(minutes=1), tick=False):
        client, theirs = sign_in(host), sign_in(colleague)
        assert theirs.get(hidden.get_absolute_url()).status_code == 404
        page = main(client.get(page_of(hidden)))
        assert "1 partage terminé" in page and "terminé depuis le" in page
        # Shared again, it is another one; what it was stays.
        share(client, hidden, colleague)
        assert theirs.get(hidden.get_absolute_url()).status_code == 200
    assert Share.objects.count() == 2 and Share.objects.filter(withdrawn=given.expires).count() == 1


@pytest.mark.parametrize("last_day", ["2001-01-01", "hier", "9999-12-31"])
def test_a_day_that_cannot_be_is_refused_in_words(
    hidden: Topic, host: Person, colleague: Person, sign_in: SignIn, last_day: str
) -> None:
    answer = share(sign_in(host), hidden, colleague, last_day=last_day)
    assert answer.status_code == 422 and "Carla Collegue" in main(answer)
    assert not Share.objects.exists()


def test_with_nobody_with_oneself_and_with_too_many(
    hidden: Topic, host: Person, city: Unit, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(host)
    assert "Choisissez avec qui" in main(share(client, hidden))
    assert "Vous le voyez déjà" in main(share(client, hidden, host))
    assert "Cet espace le lit déjà" in main(share(client, hidden, f"space:{hidden.space.uuid}"))
    people = [make_person(f"foule.p{number}") for number in range(51)]
    assert share(client, hidden, *people).status_code == 422
    monkeypatch.setattr(actions, "MOST_SHARES", 3)
    assert share(client, hidden, *people[:3]).status_code == 302
    answer = share(client, hidden, people[3])
    assert answer.status_code == 422 and "déjà partagé 3 fois" in main(answer)
    # One of the three again is no fourth.
    assert share(client, hidden, people[0], note="Encore").status_code == 302


def test_a_narrowed_thing_says_to_whom(
    topic: Topic, borough: Unit, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    secret = Group.objects.create(name_fr="Enquête interne", is_public=False)
    secret.owners.add(host)
    held = {principal("person", member.pk), principal("group", secret.pk)}
    actions.narrow(topic, audience_of(held), actor=host)
    page = main(sign_in(host).get(page_of(topic)))
    assert "Parmi elles, seulement la personne qui l’a écrit et" in page and "Enquête interne, Marc Membre" in page
    page = main(sign_in(member).get(page_of(topic)))
    assert "Enquête" not in page and "Marc Membre et 1 autre" in page
    # Whom else something is addressed to by name is not told to each of them; a unit is.
    held = {principal("person", one.pk) for one in (member, colleague)} | {principal("unit", borough.pk)}
    actions.narrow(topic, audience_of(held), actor=host)
    page = main(sign_in(member).get(page_of(topic)))
    assert "Marc Membre, Verdun et 1 autre" in page and "Carla" not in page


def test_many_are_told_by_one_row(
    hidden: Topic, host: Person, colleague: Person, sign_in: SignIn, deliver: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    deliver()
    monkeypatch.setattr("foundation.activity.activities.MANY", 2)
    share(sign_in(host), hidden, "everyone")
    deliver()
    [told] = Notification.objects.filter(activity__verb="content.shared")
    assert told.person is None
    assert hidden.title in main(sign_in(colleague).get("/notifications/"))


def test_what_is_shared_with_me_is_a_filter(
    hidden: Topic, community: Space, borough: Unit, host: Person, member: Person, colleague: Person
) -> None:
    def mine(person: Person) -> list[str]:
        found = Topic.objects.visible_to(fresh(person)).shared_with(fresh(person))
        return sorted(found.values_list("title", flat=True))

    other = start_topic(community, "Autre", "Texte", actor=fresh(host))
    start_topic(community, "Pas partagé", "Texte", actor=fresh(host))
    actions.share(hidden, principal("person", colleague.pk), actor=fresh(host))
    given = actions.share(other, principal("unit", borough.pk), actor=fresh(host))
    assert mine(colleague) == ["Autre", "Quel béton pour les trottoirs ?"]
    # Shared with a whole that holds me, it is shared with me, except by me.
    assert mine(member) == ["Autre"] and mine(host) == []
    actions.withdraw_share(given, actor=fresh(host))
    assert mine(colleague) == ["Quel béton pour les trottoirs ?"] and mine(member) == []
    Share.objects.filter(content=hidden).update(expires=timezone.now() - timedelta(seconds=1))
    assert mine(colleague) == []
    Share.objects.filter(content=hidden).update(expires=None)
    actions.trash(hidden, actor=fresh(host))
    assert mine(colleague) == []


def test_the_register_of_a_space_is_its_editors(
    hidden: Topic, community: Space, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    register = f"/content/in/{community.slug}/shares/"
    mine = start_topic(community, "Le mien", "Texte", actor=fresh(member))
    share(sign_in(member), mine, colleague)
    assert sign_in(member).get(register).status_code == 403
    assert sign_in(colleague).get(register).status_code == 404
    client = sign_in(host)
    tabs = main(client.get(community.get_absolute_url()))
    assert f'href="{register}"' in tabs
    assert f'href="{register}"' not in main(sign_in(member).get(community.get_absolute_url()))
    page = main(client.get(register))
    assert "Le mien" in page and "Carla Collegue" in page and "partagé par Marc Membre" in page
    [given] = Share.objects.all()
    answer = client.post(f"{page_of(mine)}{given.uuid}/withdraw/", {"register": ""}, follow=True)
    assert answer.redirect_chain[-1][0].startswith(register) and "n’est plus partagé" in main(answer)
    assert sign_in(colleague).get(mine.get_absolute_url()).status_code == 404
    assert "Rien n’est partagé" in main(client.get(register))
    assert "Le mien" in main(client.get(f"{register}?over"))
    client.post(f"{page_of(mine)}{given.uuid}/restore/", {"register": ""})
    assert sign_in(colleague).get(mine.get_absolute_url()).status_code == 200
    # What was narrowed past an editor is not in their register, nor what is in the trash.
    actions.narrow(mine, audience_of({principal("person", member.pk)}), actor=fresh(member))
    assert "Le mien" not in main(client.get(register))


def test_one_or_forty_shares_cost_the_same(
    hidden: Topic, community: Space, host: Person, borough: Unit, sign_in: SignIn
) -> None:
    client = sign_in(host)
    register = f"/content/in/{community.slug}/shares/"
    api = f"/api/v1/content/{hidden.uuid}/shares?limit=100"

    def queries() -> list[int]:
        counts = []
        for address in (page_of(hidden), register, api):
            with CaptureQueriesContext(connection) as found:
                assert client.get(address).status_code == 200
            counts.append(len(found))
        return counts

    share(client, hidden, "everyone")
    for number in range(2):
        group = Group.objects.create(name_fr=f"Premier {number}", is_public=True)
        other = create_community(actor=fresh(host), name_fr=f"Première {number}")
        Membership.objects.create(space=other, principal=principal("group", group.pk), role=Role.READER)
        keys = [f"group:{group.uuid}", f"space:{other.uuid}", f"unit:{borough.uuid}"]
        share(client, hidden, make_person(f"premier.p{number}"), *keys)
    queries()
    few = queries()
    for number in range(5):
        group = Group.objects.create(name_fr=f"Groupe {number}", is_public=True)
        topic = start_topic(community, f"Sujet {number}", "Texte", actor=fresh(host))
        person = make_person(f"lu.p{number}")
        other = create_community(actor=fresh(host), name_fr=f"Communauté {number}")
        Membership.objects.create(space=other, principal=principal("group", group.pk), role=Role.READER)
        unit = create_unit(f"U{number}", f"Unité {number}", kind="division", parent=borough)
        for content in (hidden, topic):
            keys = [f"group:{group.uuid}", f"space:{other.uuid}", f"unit:{unit.uuid}"]
            assert share(client, content, person, *keys).status_code == 302
    assert queries() == few


def test_the_api_shares_lists_and_withdraws(
    hidden: Topic, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    address = f"/api/v1/content/{hidden.uuid}/shares"
    client = sign_in(host)
    end = timezone.now() + timedelta(days=3)
    data = {"shared_with": [f"person:{colleague.uuid}"], "expires": end.isoformat(), "note": "Voir"}
    made = client.post(address, data, content_type="application/json")
    assert made.status_code == 201
    [one] = made.json()
    assert one["title"] == "Carla Collegue" and one["role"] == "reader" and one["note"] == "Voir"
    assert client.get(address).json()["items"] == [one]
    assert sign_in(member).get(address).json()["items"][0]["note"] == ""
    assert sign_in(member).post(address, data, content_type="application/json").status_code == 403
    for wrong in (
        {"shared_with": []},
        {"shared_with": ["tout le monde"]},
        {"shared_with": [f"person:{colleague.uuid}"], "role": "owner"},
        {"shared_with": [f"person:{colleague.uuid}"], "role": "king"},
        {"shared_with": [f"person:{colleague.uuid}"], "expires": "2001-01-01T00:00:00Z"},
        {"shared_with": [f"person:{colleague.uuid}"] * 51},
    ):
        assert client.post(address, wrong, content_type="application/json").status_code == 422
    assert sign_in(member).post(f"{address}/{one['id']}/withdraw").status_code == 403
    assert client.post(f"{address}/{one['id']}/withdraw").status_code == 204
    assert client.post(f"{address}/{one['id']}/withdraw").status_code == 204
    assert client.get(address).json()["items"] == []
    assert sign_in(colleague).get(address).status_code == 404


def test_suggestions_hold_people_units_groups_and_communities_one_sees(
    community: Space, borough: Unit, host: Person, colleague: Person, outsider: Person, sign_in: SignIn
) -> None:
    Group.objects.create(name_fr="Béton secret", is_public=False)
    group = Group.objects.create(name_fr="Béton public", is_public=True)
    create_community(actor=fresh(colleague), name_fr="Béton caché", access=Space.Access.HIDDEN)
    client = sign_in(host)

    def offered(q: str, of: Client = client) -> list[str]:
        html = of.get("/people/suggest", {"for": "sharing", "q": q}).content.decode()
        return re.findall(r'data-value="([^"]+)"', html)

    assert offered("beton") == [f"group:{group.uuid}", f"space:{community.uuid}"]
    # What begins so first, then the people of that unit.
    assert offered("verd")[0] == f"unit:{borough.uuid}" and f"person:{colleague.uuid}" in offered("verd")
    assert offered("carla") == [f"person:{colleague.uuid}"]
    assert offered("personnel") == ["everyone"]
    assert offered("") == [] and offered("\x00 %") == []
    assert offered("a", sign_in(outsider)) == [] and offered("personnel", sign_in(outsider)) == []


def test_where_a_share_may_allow_more_one_chooses_and_is_told_in_those_words(
    host: Person, member: Person, colleague: Person, sign_in: SignIn, deliver: Callable[[], int]
) -> None:
    board = create_board("Plan de la place", actor=fresh(host))
    client = sign_in(host)
    assert "Peut regarder" in main(client.get(page_of(board))) and "Peut dessiner" in main(client.get(page_of(board)))
    # The menu marks where boards are.
    assert 'href="/boards/" aria-current="page"' in client.get(page_of(board)).content.decode()
    share(client, board, colleague, role=Role.READER.value)
    share(client, board, member, role=Role.CONTRIBUTOR.value)
    assert [role_on(fresh(one), board) for one in (colleague, member)] == [Role.READER, Role.CONTRIBUTOR]
    assert not ask(fresh(colleague), "whiteboards.draw", board) and ask(fresh(member), "whiteboards.draw", board)
    assert share(client, board, colleague, role=Role.OWNER.value).status_code == 422
    assert "Choisissez" in main(share(client, board, make_person("ana.autre"), role=""))
    deliver()
    assert "vous pouvez le regarder" in main(sign_in(colleague).get("/notifications/"))
    assert "you may draw on it" in main(sign_in(member, "en").get("/notifications/"))
    # A greater role is news; the change form begins with what is.
    given = Share.objects.get(principal=principal("person", colleague.pk))
    change = f"{page_of(board)}{given.uuid}/"
    assert f'value="{Role.READER.value}" required id="id_role_0" checked' in client.get(change).content.decode()
    client.post(change, {"role": Role.CONTRIBUTOR.value})
    deliver()
    assert "vous pouvez y dessiner" in main(sign_in(colleague).get("/notifications/"))
    assert ask(fresh(colleague), "whiteboards.draw", board)
    assert [one.title for one in Content.objects.visible_to(fresh(colleague)).shared_with(fresh(colleague))] == [
        "Plan de la place"
    ]


def test_a_contributor_gives_no_more_than_reading_and_drawing(
    community: Space, member: Person, colleague: Person, host: Person, sign_in: SignIn
) -> None:
    board = create_board("Le mien", space=community, actor=fresh(member))
    Membership.objects.filter(space=community, person=member).update(role=Role.READER)
    page = main(sign_in(member).get(page_of(board)))
    # Become a mere reader, the author lets others look, and nobody draw.
    assert "Peut dessiner" not in page
    assert share(sign_in(member), board, colleague, role=Role.CONTRIBUTOR.value).status_code == 302
    assert Share.objects.get().role == Role.READER
