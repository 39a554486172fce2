"""People in one room: they see each other's changes, these are kept, and each is told the truth about it."""

import pytest
from asgiref.sync import sync_to_async
from pycrdt import Map, Text

from communities.models import Topic
from directory.models import Person
from foundation.realtime.documents import document_of

from .conftest import Enter

pytestmark = pytest.mark.django_db(transaction=True)


async def test_what_one_draws_the_other_sees_and_the_database_keeps(
    topic: Topic, host: Person, member: Person, enter: Enter
) -> None:
    async with enter(host) as helene, enter(member) as marc:
        await helene.until_synced()
        await marc.until_synced()
        assert helene.welcome == {
            "type": "welcome",
            "write": True,
            "person": {"id": str(host.uuid), "name": "Helene Hote"},
        }
        await helene.put("a", {"x": 1})
        await marc.put("b", {"x": 2})
        await marc.write(0, "Bonjour")
        await helene.until(lambda: helene.elements.keys() == {"a", "b"} and helene.text == "Bonjour")
        await marc.until(lambda: marc.elements.keys() == {"a", "b"})
        await helene.until_saved()
        await marc.until_saved()
    doc = await sync_to_async(document_of)("note", topic.uuid)
    assert doc.get("elements", type=Map).to_py() == {"a": {"x": 1}, "b": {"x": 2}}
    assert str(doc.get("text", type=Text)) == "Bonjour"
