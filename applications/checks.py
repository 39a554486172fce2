"""The probes: one look at one machine, without the database, so that they run in threads of their own.

SECURITY: what comes back says whether it works, how fast, the class of the code and a problem by its key. Neither the
body nor a banner of the service is kept or shown, so that a check reads nothing of what it reaches.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from foundation.outgoing.certificates import read_certificate
from foundation.outgoing.http import PORTS, REDIRECTS, Answer, check_address, get, look, next_address
from foundation.outgoing.networks import connect, resolve
from foundation.outgoing.problems import Problem

from .models.health import DEGRADED, DOWN, UP, Check
from .models.links import Link

# SECURITY: of machines that `APPLICATION_NETWORKS` does not name, only these ports: a check is no scanner.
PORTS_ASKED = frozenset({80, 443, 8080, 8443})
# How much of a page is read to find the expected text.
TEXT_LIMIT = 256 * 1024
LINK_SECONDS = 10.0
FOR_GOOD = frozenset({301, 308})
# The page is there, and wants somebody.
GUARDED = frozenset({401, 403, 405, 407, 429})


@dataclass(frozen=True)
class Finding:
    """What one look found. `outcome`: a letter of `models.health`."""

    outcome: str
    ms: int | None = None
    code_class: int | None = None
    problem: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    certificate_until: datetime | None = None


@dataclass(frozen=True)
class Look:
    """What is looked at: the values of a `Check`, taken out of it so that a thread needs no row."""

    kind: str
    address: str
    host: str
    port: int
    status_from: int
    status_to: int
    expected_text: str
    timeout: int
    slow_after: int
    days_warned: int

    @classmethod
    def of(cls, check: Check) -> "Look":
        return cls(**{name: getattr(check, name) for name in cls.__dataclass_fields__})


def refuse_target(host: str, port: int) -> None:
    """Raises Problem for a machine or port that may not be asked, as of now: each look asks again."""
    resolve(host, port, settings.APPLICATION_NETWORKS, PORTS_ASKED)


def parts_of(address: str) -> tuple[str, int]:
    """The machine and the port of a web address. Raises Problem."""
    parts = check_address(address)
    assert parts.hostname
    return parts.hostname, parts.port or PORTS[parts.scheme]


def probe(one: Look) -> Finding:
    """Look once. Never raises: what is wrong is what was found."""
    began = time.monotonic()
    try:
        found = PROBES[one.kind](one)
    except Problem as problem:
        found = Finding(DOWN, problem=problem.code, data=problem.data)
    except TimeoutError:
        found = Finding(DOWN, problem="slow", data={"seconds": one.timeout})
    except OSError:
        found = Finding(DOWN, problem="unreachable")
    took = int((time.monotonic() - began) * 1000)
    if found.outcome == DOWN:
        return found
    if found.outcome == UP and took >= one.slow_after:
        return Finding(DEGRADED, took, found.code_class, "took", {}, found.certificate_until)
    return Finding(found.outcome, took, found.code_class, found.problem, found.data, found.certificate_until)


def _page(one: Look) -> Finding:
    limit = TEXT_LIMIT if one.expected_text else 1024
    answer = get(
        one.address,
        allow=settings.APPLICATION_NETWORKS,
        limit=limit,
        whole=float(one.timeout),
        cut=True,
        ports=PORTS_ASKED,
    )
    series = answer.status // 100
    if not one.status_from <= answer.status <= one.status_to:
        return Finding(DOWN, code_class=series, problem="code_class", data={"series": series})
    if one.expected_text and one.expected_text not in answer.body.decode("utf-8", "replace"):
        return Finding(DOWN, code_class=series, problem="text")
    return Finding(UP, code_class=series)


def _port(one: Look) -> Finding:
    # SECURITY: opened and closed; nothing is read.
    connect((one.host, one.port), float(one.timeout), settings.APPLICATION_NETWORKS, PORTS_ASKED).close()
    return Finding(UP)


def _certificate(one: Look) -> Finding:
    found = read_certificate(
        one.host, one.port, allow=settings.APPLICATION_NETWORKS, ports=PORTS_ASKED, whole=float(one.timeout)
    )
    until = found.until
    if until <= timezone.now():
        return Finding(DOWN, problem="expired", certificate_until=until)
    if not found.names_match:
        return Finding(DOWN, problem="wrong_name", certificate_until=until)
    if until <= timezone.now() + timedelta(days=one.days_warned):
        return Finding(DEGRADED, problem="expires", certificate_until=until)
    return Finding(UP, certificate_until=until)


PROBES = {Check.Kind.HTTP.value: _page, Check.Kind.TCP.value: _port, Check.Kind.TLS.value: _certificate}


@dataclass(frozen=True)
class Trial:
    """What trying an address found. `state`: of `Link.State`; `target`: where it has moved for good."""

    state: str
    problem: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    target: str = ""


def try_link(address: str) -> Trial:
    """Try an address as a browser would, without reading the page. Never raises."""
    until = time.monotonic() + LINK_SECONDS
    try:
        target, is_for_good, current = "", True, address
        for _hop in range(REDIRECTS + 1):
            answer = _look(current, until)
            if answer.status not in (301, 302, 303, 307, 308):
                return _judged(address, answer, target)
            current = next_address(answer)
            # What comes after a passing redirect (a page of sign-in, most often) is no new address.
            is_for_good = is_for_good and answer.status in FOR_GOOD
            target = current if is_for_good else target
        raise Problem("redirects", count=REDIRECTS)
    except Problem as problem:
        # Nothing is known of a machine that may not be asked: that is no fault of the address.
        unasked = problem.code in ("inside", "port")
        return Trial(Link.State.UNASKED if unasked else Link.State.DEAD, problem.code, problem.data)
    except OSError:
        return Trial(Link.State.DEAD, "unreachable")


def _look(address: str, until: float) -> Answer:
    """HEAD, and GET for machines that do not like it."""
    for method in ("HEAD", "GET"):
        left = until - time.monotonic()
        if left <= 0:
            raise Problem("slow", seconds=int(LINK_SECONDS))
        try:
            answer = look(method, address, allow=settings.APPLICATION_NETWORKS, ports=PORTS_ASKED, whole=left)
        except Problem as problem:
            if method == "GET" or problem.code != "unreachable":
                raise
            continue
        if method == "GET" or answer.status < 400 or answer.status in GUARDED - {405}:
            return answer
    return answer


def _judged(address: str, answer: Answer, target: str) -> Trial:
    if answer.status in (404, 410):
        return Trial(Link.State.DEAD, "not_found")
    if answer.status >= 400 and answer.status not in GUARDED:
        series = answer.status // 100
        return Trial(Link.State.DEAD, "code_class", {"series": series})
    if target and _place(target) != _place(address):
        return Trial(Link.State.MOVED, target=target[:500])
    return Trial(Link.State.ALIVE)


def _place(address: str) -> tuple[str, str]:
    """What must change for an address to have moved: within one machine, pages come and go by themselves."""
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower()
