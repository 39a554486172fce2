"""How many people shares reach, and when those they reach are told."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from communities.actions import create_community
from communities.models import Topic
from directory.actions import create_unit
from directory.models import Group, Person, Unit
from foundation.activity.models import Notification
from foundation.audiences.principals import principal
from foundation.content import actions
from foundation.content.models import Content, Share, State
from foundation.spaces.models import Membership, Role, Space
from publications.actions import publish_now, start_draft
from publications.models import Site
from tests.conftest import fresh, make_person

from .sharing import main, page_of, share

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def rows(page: str) -> dict[str, str]:
    """What the page says of each share, by whom it is made to."""
    shares = re.findall(r'<li class="row">.*?</li>', page)
    titles = {one: re.search(r'class="row__title"[^>]*>([^<]+)<', one) for one in shares}
    return {title.group(1): re.sub(r"<[^>]+>", " ", one) for one, title in titles.items() if title}


def test_how_many_each_share_reaches_and_how_many_in_all(
    hidden: Topic, city: Unit, borough: Unit, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    below = create_unit("PARCS", "Parcs de Verdun", kind="division", parent=borough)
    gardener = make_person("jo.jardin", unit=below)
    make_person("luc.loin", unit=city)
    Person.objects.filter(pk=make_person("pia.partie", unit=below).pk).update(is_active=False)
    group = Group.objects.create(name_fr="Amis du béton", is_public=True)
    group.members.add(host, gardener)
    other = create_community(actor=fresh(host), name_fr="Ponts")
    Membership.objects.create(space=other, principal=principal("group", group.pk), role=Role.READER)
    Membership.objects.create(space=other, person=colleague, role=Role.READER)
    client = sign_in(host)
    share(client, hidden, gardener)
    page = main(client.get(page_of(hidden)))
    # One person is one person.
    assert "1 personne" not in rows(page)["Jo Jardin"]
    assert "Ces partages rejoignent 1 personne en tout." in page
    share(client, hidden, f"unit:{borough.uuid}", f"group:{group.uuid}", f"space:{other.uuid}")
    page = main(client.get(page_of(hidden)))
    found = rows(page)
    # Units with those below them; communities with the groups that belong to them.
    assert "4 personnes" in found["Verdun"] and "2 personnes" in found["Amis du béton"]
    assert "3 personnes" in found["Ponts"]
    # Whoever is in several is one person.
    assert "Ces partages rejoignent 4 personnes en tout." in page
    assert "These shares reach 4 people in all." in main(sign_in(host, "en").get(page_of(hidden)))
    share(client, hidden, "everyone", "elected")
    page = main(sign_in(host, "fr").get(page_of(hidden)))
    everyone = Person.objects.filter(is_active=True).exclude(kind=Person.Kind.EXTERNAL).count()
    assert f"Ces partages rejoignent {everyone} personnes en tout." in page
    assert f"{everyone} personnes" in rows(page)["Tout le personnel et les personnes élues"]
    assert "0 personne " in rows(page)["Personnes élues"]
    # What is over reaches nobody.
    [given] = Share.objects.filter(principal="everyone")
    client.post(f"{page_of(hidden)}{given.uuid}/withdraw/")
    assert "Ces partages rejoignent 4 personnes en tout." in main(client.get(page_of(hidden)))


def test_a_sum_does_not_tell_who_belongs_to_a_group(
    hidden: Topic, borough: Unit, host: Person, member: Person, colleague: Person, sign_in: SignIn
) -> None:
    """With a group whose members one does not see, the parts are added up; one that one does not see is not counted."""
    group = Group.objects.create(name_fr="Amis du béton", is_public=True)
    group.members.add(colleague)
    share(sign_in(host), hidden, f"group:{group.uuid}", colleague)
    assert "Ces partages rejoignent au plus 2 personnes." in main(sign_in(host).get(page_of(hidden)))
    group.members.add(host)
    assert "Ces partages rejoignent 2 personnes en tout." in main(sign_in(host).get(page_of(hidden)))
    # Nor to a community through a group.
    other = create_community(actor=fresh(member), name_fr="Ponts")
    secret = Group.objects.create(name_fr="Enquête", is_public=False)
    secret.members.add(colleague)
    Membership.objects.create(space=other, principal=principal("group", secret.pk), role=Role.READER)
    share(sign_in(host), hidden, f"space:{other.uuid}")
    page = main(sign_in(host).get(page_of(hidden)))
    assert "2 personnes" in rows(page)["Ponts"] and "Ces partages rejoignent au plus 4 personnes." in page
    secret.owners.add(host)
    share(sign_in(host), hidden, f"group:{secret.uuid}")
    page = main(sign_in(member).get(page_of(hidden)))
    assert "Enquête" not in page and "Ceux que vous ne voyez pas ne sont pas comptés." in page
    unseen = rows(page)["Un élément que vous ne voyez pas"]
    assert "personne" not in unseen.replace("personnes vous", "")


@pytest.fixture
def draft(community: Space, host: Person) -> Content:
    """A notice that is being written."""
    Site.objects.create(space=community, unit=host.unit, code="VER", four_eyes=False)
    return start_draft(community, {"title": "Avis à venir", "body": "<p>Texte.</p>"}, actor=fresh(host))


def told(person: Person) -> list[str]:
    found = Notification.objects.filter(person=person, activity__verb__startswith="content.share")
    return sorted(found.values_list("activity__verb", flat=True))


def test_a_draft_is_shared_for_later_and_told_of_once_it_is_published(
    draft: Content, host: Person, colleague: Person, outsider: Person, sign_in: SignIn, deliver: Callable[[], int]
) -> None:
    client, theirs = sign_in(host), sign_in(outsider)
    page = main(client.get(page_of(draft)))
    assert "C’est un brouillon" in page and "le verront une fois publié, et recevront alors une notification" in page
    share(client, draft, outsider, colleague, note="Pour jeudi")
    page = main(client.get(page_of(draft)))
    assert "La notification partira à la publication." in page
    assert page.count("recevra une notification à la publication") == 2
    deliver()
    deliver()
    assert told(outsider) == [] and theirs.get(draft.get_absolute_url()).status_code == 404
    [given] = Share.objects.filter(principal=principal("person", colleague.pk))
    client.post(f"{page_of(draft)}{given.uuid}/withdraw/")
    publish_now(draft, actor=fresh(host))
    assert deliver() and deliver()
    assert theirs.get(draft.get_absolute_url()).status_code == 200
    assert told(outsider) == ["content.share_told"]
    news = main(theirs.get("/notifications/"))
    assert "Helene Hote a partagé « Avis à venir » avec vous" in news and "Pour jeudi" in news
    # Who is no longer one of them is not told; nor anybody twice.
    assert told(colleague) == []
    page = main(client.get(page_of(draft)))
    assert "notification" not in page and "Ext Externe" in page
    actions.narrow(Content.objects.get(pk=draft.pk), None, actor=fresh(host))
    deliver()
    assert told(outsider) == ["content.share_told"]
    # From now on, they are told at once.
    share(client, draft, colleague)
    deliver()
    assert told(colleague) == ["content.shared"]


def test_what_is_over_before_it_is_published_is_told_to_nobody(
    draft: Content, host: Person, outsider: Person, sign_in: SignIn, deliver: Callable[[], int]
) -> None:
    share(sign_in(host), draft, outsider, last_day=timezone.localdate().isoformat())
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        publish_now(draft, actor=fresh(host))
        deliver()
        deliver()
    assert told(outsider) == []


def test_what_goes_back_to_being_a_draft_tells_only_what_is_new(
    hidden: Topic, host: Person, colleague: Person, outsider: Person, sign_in: SignIn, deliver: Callable[[], int]
) -> None:
    client = sign_in(host)
    share(client, hidden, colleague)
    deliver()
    Content.objects.filter(pk=hidden.pk).update(state=State.DRAFT)
    share(client, hidden, outsider)
    page = rows(main(client.get(page_of(hidden))))
    assert "notification" in page["Ext Externe"] and "notification" not in page["Carla Collegue"]
    Content.objects.filter(pk=hidden.pk).update(state=State.PUBLISHED)
    actions.narrow(Content.objects.get(pk=hidden.pk), None, actor=fresh(host))
    deliver()
    deliver()
    assert (told(outsider), told(colleague)) == (["content.share_told"], ["content.shared"])
