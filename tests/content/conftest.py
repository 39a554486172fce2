"""What tests of content share."""

import pytest

from communities.models import Topic
from directory.models import Person
from foundation.spaces.actions import change_access
from foundation.spaces.models import Space
from tests.conftest import fresh


@pytest.fixture
def hidden(community: Space, topic: Topic, host: Person) -> Topic:
    """The topic, in a space that only its members know of."""
    change_access(community, Space.Access.HIDDEN, actor=fresh(host))
    return topic
