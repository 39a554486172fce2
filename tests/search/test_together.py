"""Two servers of pages and one indexer at work on one index, as in production."""

import json
import threading
from urllib.parse import quote

import pytest
from django.test import Client

from communities.actions import start_topic
from directory.models import Person
from foundation.search.indexer import Indexer
from foundation.spaces.models import Space
from tests.conftest import fresh
from tests.processes import get, web_servers, worker

from .test_freshness import until

ASKED, WRITTEN = 60, 40


@pytest.mark.django_db(transaction=True)
def test_readers_and_one_writer_for_a_while_without_an_error(community: Space, host: Person, indexer: Indexer) -> None:
    indexer.settle()
    indexer.close()
    client = Client()
    client.force_login(host, backend="directory.backends.LocalBackend")
    cookie = "; ".join(f"{one.key}={one.value}" for one in client.cookies.values())
    answers: list[tuple[int, bytes]] = []
    process = worker()
    try:
        with web_servers(2) as ports:

            def ask(port: int) -> None:
                for number in range(ASKED):
                    q = quote(("cormoran", "t*", "Témoin 1", "cormaran", "")[number % 5])
                    answers.append(get(port, f"/api/v1/search?q={q}&limit=50", cookie))

            readers = [threading.Thread(target=ask, args=(port,)) for port in ports for _twice in range(2)]
            for one in readers:
                one.start()
            for number in range(WRITTEN):
                start_topic(community, f"Témoin {number}", "Le mot cormoran.", actor=fresh(host))
            for one in readers:
                one.join()
            assert len(answers) == ASKED * 4
            assert {status for status, _body in answers} == {200}
            address = "/api/v1/search?q=cormoran&limit=100&kind=topic"
            for port in ports:
                until(lambda port=port: json.loads(get(port, address, cookie)[1])["total"] == WRITTEN)
                titles = {one["title"] for one in json.loads(get(port, address, cookie)[1])["items"]}
                assert titles == {f"Témoin {number}" for number in range(WRITTEN)}
    finally:
        process.terminate()
        assert process.wait(20) == 0
