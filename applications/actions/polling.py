"""Reading manifests where systems keep them: those that are due, one at a time each, conditionally."""

import logging
from urllib.parse import urlsplit

from django.conf import settings

from foundation.outgoing.http import Answer, get
from foundation.outgoing.problems import Problem

from ..manifests import MANIFEST_MAX, Flaw
from ..manifests.hosts import judge
from ..models import Reception, Registrar
from .manifests import Outcome, Unfit, keeper_of, receive
from .receptions import new_holder, note, note_failure, note_success, release_lease, take_lease

logger = logging.getLogger(__name__)

ACCEPT = "application/json, application/*+json;q=0.9"


def due_registrars() -> list[int]:
    """Those whose manifest is to be read now, the longest waiting first."""
    return list(Registrar.objects.due().values_list("pk", flat=True)[:100])


def read_due_manifests() -> int:
    """Read the manifests whose moment has come. Called by the worker; answers how many were read."""
    return sum(read_manifest(pk) for pk in due_registrars())


def read_manifest(pk: int) -> bool:
    """Read one, if it is due and nobody else does: False otherwise. What is wrong is written down with the system.

    Killed at any point, the next reading does what was missing: a manifest taken in already is nothing new, and the
    machine's marks of the document are kept last.
    """
    holder = new_holder()
    registrar = take_lease(pk, holder)
    if registrar is None:
        return False
    try:
        _read(registrar)
    except Problem as problem:
        note_failure(registrar, [_flaw_of(problem)])
    except Unfit as unfit:
        note_failure(registrar, unfit.flaws)
    except Exception as error:
        # One system must not keep the others from being read.
        logger.exception("the manifest of %s met a fault", registrar.pk)
        note_failure(registrar, [Flaw("unwritable", data={"error": type(error).__name__})])
    finally:
        release_lease(registrar, holder)
    return True


def _flaw_of(problem: Problem) -> Flaw:
    if problem.code == "huge":
        return Flaw("too_large", data={"kb": MANIFEST_MAX // 1024})
    return Flaw(problem.code, data=problem.data)


def _read(registrar: Registrar) -> None:
    # Before anything is asked: whoever lost the right asks nothing of other machines.
    keeper_of(registrar)
    marks = {"If-None-Match": registrar.etag, "If-Modified-Since": registrar.modified}
    headers = {"Accept": ACCEPT, **{name: mark for name, mark in marks.items() if mark}}
    answer = get(registrar.manifest_address, headers, allow=settings.APPLICATION_NETWORKS, limit=MANIFEST_MAX)
    _check_place(registrar, answer)
    if answer.status == 304:
        note(registrar, Reception.Way.POLL, Reception.Result.UNCHANGED)
        note_success(registrar, is_poll=True)
        return
    if answer.status != 200:
        raise Problem("status", status=answer.status)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise Unfit(Flaw("not_json", data={"kind": kind[:60] or "?"}))
    outcomes = receive(registrar, answer.body, way=Reception.Way.POLL)
    _conclude(registrar, outcomes, answer)


def _conclude(registrar: Registrar, outcomes: list[Outcome], answer: Answer) -> None:
    if all(one.is_good for one in outcomes):
        note_success(registrar, marks=_marks(answer), is_poll=True)
    else:
        # Each was written down with its own flaws already; the system's health says that something is wrong.
        note_failure(registrar, [])


def _check_place(registrar: Registrar, answer: Answer) -> None:
    """SECURITY: a redirect to another machine would let that one speak, unless it is one of the system's own."""
    asked, came = urlsplit(registrar.manifest_address), urlsplit(answer.url)
    if came.netloc.lower() == asked.netloc.lower():
        return
    host = came.hostname or ""
    if judge(host, registrar.hosts) is not None:
        raise Unfit(Flaw("away", data={"host": host[:100]}))


def _marks(answer: Answer) -> dict[str, str]:
    """What makes the next request conditional. SECURITY: sent back as they came, so nothing but visible ASCII."""
    found = {name: answer.headers.get(name, "") for name in ("etag", "last-modified")}
    return {name: text for name, text in found.items() if text.isascii() and text.isprintable()}
