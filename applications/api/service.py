"""The door of systems that register applications: signed requests, no person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from ninja.errors import HttpError

from directory.throttle import client_address

from ..actions import manifests
from ..actions.manifests import Outcome
from ..actions.receptions import is_known
from ..manifests import MANIFEST_MAX
from ..manifests.problems import told
from ..manifests.schema import described
from ..models import Reception, Registrar
from ..signing import SIGNATURE, NotLetIn, let_in
from ..standing import standing_of

TOO_LARGE = 413


class SignedAuth:
    """A system, by its signature over the whole request (see the integrator's guide). Not a person: it sees nothing
    else of the portal, and nothing of other systems."""

    def __call__(self, request: HttpRequest) -> Registrar:
        # SECURITY: no more is read than a manifest may have, whatever the headers say.
        body = request.read(MANIFEST_MAX + 1)
        if len(body) > MANIFEST_MAX:
            raise HttpError(TOO_LARGE, _("A manifest has at most %(kb)s kB.") % {"kb": MANIFEST_MAX // 1024})
        request.signed_body = body  # type: ignore[attr-defined]
        path, address = request.get_full_path(), client_address(request) or ""
        try:
            return let_in(request.headers, request.method or "", path, body, address=address)
        except NotLetIn as refused:
            raise HttpError(refused.status, refused.detail) from None


router = Router(tags=["service"], auth=SignedAuth())

_SIGNED = [
    {"in": "header", "name": name, "required": True, "schema": {"type": "string"}, "description": text}
    for name, text in (
        ("X-Parvis-Registrar", "Id of the system."),
        ("X-Parvis-Timestamp", "Seconds since 1970; at most 300 away from now."),
        ("X-Parvis-Signature", "`sha256=` and HMAC-SHA256 of `<timestamp>.<METHOD> <path>\\n<body>`, in hexadecimal."),
    )
]
_MANIFEST = {
    "parameters": _SIGNED,
    "requestBody": {"required": True, "content": {"application/json": {"schema": described()}}},
}
_PLAIN = {"parameters": _SIGNED}


class FlawOut(Schema):
    """One thing that is wrong or was left aside: where, as `$.addresses.web`; what; a sentence."""

    field: str
    code: str
    message: str


class ChangeOut(Schema):
    """One value that changes, by the register's own name of it."""

    field: str
    before: Any = None
    after: Any = None
    waits: bool


class OutcomeOut(Schema):
    """What became of a manifest. `result`: applied, waiting (for an editor of the register), unchanged, stale (a newer
    version is known)."""

    key: str
    version: str
    result: str
    warnings: list[FlawOut]
    application: UUID | None = None
    proposal: UUID | None = None


class CheckOut(Schema):
    """What would become of a manifest. `ok`: whether it would be taken in."""

    ok: bool
    key: str
    version: str
    errors: list[FlawOut]
    warnings: list[FlawOut]
    changes: list[ChangeOut]


class ProposalOut(Schema):
    """What waits for an editor of the register."""

    id: UUID
    created: datetime
    changes: list[ChangeOut]


class StandingOut(Schema):
    """One application of the system, as the register has it. `id`, `url`, `stage`, `status`: null while it is not in
    the register. `version`: the newest that was read."""

    key: str
    version: str
    seen: datetime
    id: UUID | None = None
    url: str | None = None
    stage: str | None = None
    status: str | None = None
    pending: ProposalOut | None = None
    last_decision: str | None = None
    last_reason: str | None = None


def _body(request: HttpRequest) -> bytes:
    """What was signed."""
    body: bytes = request.signed_body  # type: ignore[attr-defined]
    return body


def _answer(outcome: Outcome) -> Any:
    if not outcome.is_good:
        codes = {one.code for one in outcome.flaws}
        status = 409 if codes & {"keeper", "taken", "elsewhere", "same_version", "trashed"} else 422
        status = TOO_LARGE if "too_large" in codes else 404 if "gone" in codes else status
        return _problem(status, outcome)
    body = {
        "key": outcome.key,
        "version": outcome.version,
        "result": outcome.result,
        "warnings": told(one.kept() for one in outcome.warnings),
        "application": outcome.application.uuid if outcome.application else None,
        "proposal": outcome.proposal.uuid if outcome.proposal else None,
    }
    return Status(202 if outcome.result == Reception.Result.WAITING else 200, body)


def _problem(status: int, outcome: Outcome) -> HttpResponse:
    """Problem+json, in the manner of the rest of the API; `errors` with the code of each."""
    body = {
        "type": "about:blank",
        "title": _("The manifest was refused"),
        "status": status,
        "detail": _("Nothing was changed: see what is wrong, and where."),
        "errors": told(one.kept() for one in outcome.flaws),
        "warnings": told(one.kept() for one in outcome.warnings),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _once(request: HttpRequest, act: Any) -> Any:
    """Do it, with the signature that makes it once. SECURITY: of two copies at the same moment one is refused."""
    registrar: Registrar = request.auth  # type: ignore[attr-defined]
    signature = request.headers[SIGNATURE]
    try:
        return act(registrar, signature)
    except IntegrityError:
        if is_known(registrar, signature):
            raise HttpError(401, _("This request was received already.")) from None
        raise HttpError(409, _("Somebody else wrote at the same moment: sign it again.")) from None


@router.put("/service/applications/{key}", response={200: OutcomeOut, 202: OutcomeOut}, openapi_extra=_MANIFEST)
def push_manifest(request: HttpRequest, key: str) -> Any:
    """Say what an application is now. 200: taken in, or nothing new; 202: waits for an editor of the register.

    409: the key is another's, the version is not newer, or the system's keeper lost the right; 413, 422: `errors` says
    what is wrong and where, all of it.
    """

    def act(registrar: Registrar, signature: str) -> Outcome:
        found = manifests.receive(registrar, _body(request), way=Reception.Way.PUSH, key=key[:200], signature=signature)
        return found[0]

    return _answer(_once(request, act))


@router.get("/service/applications/{key}", response=StandingOut, openapi_extra=_PLAIN)
def standing(request: HttpRequest, key: str) -> Any:
    """What the register has of an application of this system, and what waits."""
    found = standing_of(request.auth, key)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


@router.api_operation(
    ["DELETE"], "/service/applications/{key}", response={200: OutcomeOut, 202: OutcomeOut}, openapi_extra=_PLAIN
)
def withdraw(request: HttpRequest, key: str) -> Any:
    """Say that an application is no more: it is retired, at once or once an editor agrees. Its page stays."""

    def act(registrar: Registrar, signature: str) -> Outcome:
        return manifests.propose_retirement(registrar, key[:60], signature=signature)

    return _answer(_once(request, act))


@router.post("/service/check", response=CheckOut, openapi_extra=_MANIFEST)
def check(request: HttpRequest) -> Any:
    """Try a manifest: what would change, what would wait, what is wrong. Nothing is written."""
    outcome = manifests.check(request.auth, _body(request))[0]  # type: ignore[attr-defined]
    return {
        "ok": outcome.is_good,
        "key": outcome.key,
        "version": outcome.version,
        "errors": told(one.kept() for one in outcome.flaws),
        "warnings": told(one.kept() for one in outcome.warnings),
        "changes": [
            {"field": name, "before": outcome.before.get(name), "after": value, "waits": waits}
            for values, waits in ((outcome.at_once, False), (outcome.waits, True))
            for name, value in values.items()
        ],
    }
