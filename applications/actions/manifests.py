"""Taking in what systems say of their applications: pushed, read, or handed in by an operator.

Each manifest in one transaction: what needs nobody is written at once, the rest waits; what is wrong leaves everything
as it was and is told whole.
"""

import logging
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from directory.models import Person
from foundation.audiences.policies import Refused, ask
from foundation.content.models import State

from ..manifests import Flaw, Reading, is_newer, meaning_of, read_manifests
from ..manifests.meaning import PART_OF
from ..models import DOOR_FIELDS, Application, Proposal, Reception, Registrar, Registration, Stage
from ..resolving import ceiling_of, fields_of, flaws_of_owner, path_of, plain_of, resolve
from .proposals import apply_at_once, propose
from .receptions import note, note_success

logger = logging.getLogger(__name__)

_MISSING = object()


@dataclass
class Outcome:
    """What became of one manifest, or would become of it. `at_once`, `waits`, `same`: plain values by field; `before`:
    what the register said."""

    result: str
    key: str = ""
    version: str = ""
    flaws: list[Flaw] = field(default_factory=list)
    warnings: list[Flaw] = field(default_factory=list)
    application: Application | None = None
    proposal: Proposal | None = None
    at_once: dict[str, Any] = field(default_factory=dict)
    waits: dict[str, Any] = field(default_factory=dict)
    same: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return self.result not in (Reception.Result.INVALID, Reception.Result.FAILED)


class Unfit(Exception):
    """What was sent cannot be taken in."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(", ".join(one.code for one in flaws))
        self.flaws = list(flaws)


def receive(
    registrar: Registrar, body: bytes, *, way: str, key: str = "", signature: str | None = None
) -> list[Outcome]:
    """Take in a document: one manifest (of `key`, when it was sent to its address) or several. Answers what became of
    each. IntegrityError for a signature seen before: then nothing was written."""
    return [_take_in(registrar, one, way, signature) for one in read_manifests(body, key=key)]


def check(registrar: Registrar, body: bytes, *, key: str = "") -> list[Outcome]:
    """What would become of it. Writes nothing."""
    return [_look_at(registrar, one) for one in read_manifests(body, key=key)]


def keeper_of(registrar: Registrar) -> Any:
    """The keeper, as of now. Raises Unfit when they may no longer write in the register."""
    keeper = Person.objects.with_unit().get(pk=registrar.keeper_id)
    if not keeper.is_active or not ask(keeper, "applications.keep_registrars", registrar.space):
        raise Unfit(Flaw("keeper"))
    return keeper


def _take_in(registrar: Registrar, reading: Reading, way: str, signature: str | None) -> Outcome:
    try:
        with transaction.atomic():
            return _written(registrar, reading, way, signature)
    except Unfit as unfit:
        flaws = unfit.flaws
    except Refused as refused:
        flaws = [Flaw("field", data={"text": str(refused.reason)})]
    except ValidationError as error:
        flaws = _flaws_of(error)
    flaws = reading.rooted(flaws)
    outcome = Outcome(Reception.Result.INVALID, reading.key, _version_of(reading), flaws, reading.warnings)
    told = [*flaws, *reading.warnings]
    note(registrar, way, outcome.result, flaws=told, key=outcome.key, version=outcome.version, signature=signature)
    return outcome


def _look_at(registrar: Registrar, reading: Reading) -> Outcome:
    try:
        return _examined(registrar, reading, _registration_of(reading.key))
    except Unfit as unfit:
        flaws = reading.rooted(unfit.flaws)
        return Outcome(Reception.Result.INVALID, reading.key, _version_of(reading), flaws, reading.warnings)


def _version_of(reading: Reading) -> str:
    version = reading.said.get("version")
    return str(version)[:40] if isinstance(version, str | int) else ""


def _registration_of(key: str, *, locked: bool = False) -> Registration | None:
    rows = Registration.objects.select_for_update(of=("self",)) if locked else Registration.objects.all()
    related = ("registrar__space", "application__space", "application__owner", "application__successor")
    return rows.select_related(*related).filter(key=key).first() if key else None


def _written(registrar: Registrar, reading: Reading, way: str, signature: str | None) -> Outcome:
    """Inside the transaction. Raises Unfit, Refused, ValidationError: then nothing of it stays."""
    # One at a time of one system; another system's key is unique in the database.
    locked = Registrar.objects.select_for_update(of=("self",)).select_related("space", "audience")
    registrar = locked.get(pk=registrar.pk)
    registration = _registration_of(reading.key, locked=True)
    outcome = _examined(registrar, reading, registration)
    if outcome.result == Reception.Result.APPLIED:
        outcome = _applied(registrar, reading, registration, outcome)
    elif registration is not None and outcome.result == Reception.Result.UNCHANGED:
        registration.seen = timezone.now()
        registration.save(update_fields=["seen"])
    outcome.warnings = reading.rooted(outcome.warnings)
    note(
        registrar,
        way,
        outcome.result,
        flaws=outcome.warnings,
        key=outcome.key,
        version=outcome.version,
        proposal=outcome.proposal,
        signature=signature,
    )
    note_success(registrar)
    return outcome


def _examined(registrar: Registrar, reading: Reading, registration: Registration | None) -> Outcome:
    """What the manifest would change. Raises Unfit with everything that is wrong."""
    manifest = reading.manifest
    if manifest is None:
        raise Unfit(*reading.flaws)
    version = str(manifest.version)
    keeper = keeper_of(registrar)
    outcome = Outcome(Reception.Result.APPLIED, manifest.key, version, warnings=list(reading.warnings))
    registration = _own(registrar, registration, manifest.key)
    if registration is not None and registration.version:
        if reading.digest == registration.digest:
            return _unchanged(outcome, registration)
        if is_newer(registration.version, than=version):
            outcome.result = Reception.Result.STALE
            outcome.warnings.append(Flaw("stale", "$.version", {"known": registration.version}, is_warning=True))
            return outcome
        if not is_newer(version, than=registration.version):
            raise Unfit(Flaw("same_version", "$.version"))
    meaning = meaning_of(manifest, registrar.hosts)
    outcome.warnings += meaning.warnings
    resolve(meaning, registrar, keeper, manifest.key)
    application = registration.application if registration is not None else None
    if application is None:
        # Entered by hand before the system knew of it: it is taken over when somebody approves.
        application = Application.objects.filter(key=manifest.key).select_related("space", "owner", "successor").first()
        if application is not None and application.space_id != registrar.space_id:
            raise Unfit(Flaw("elsewhere", "$.key"))
    if application is not None and application.state == State.TRASHED:
        raise Unfit(Flaw("trashed", "$.key"))
    values = meaning.values
    if application is None:
        values = _completed(values, registrar, keeper)
    flaws = meaning.flaws or _flaws_of_whole(registrar, application, values, keeper)
    if flaws:
        raise Unfit(*flaws)
    return _divided(outcome, registrar, registration, application, values)


def _own(registrar: Registrar, registration: Registration | None, key: str) -> Registration | None:
    """Its registration. SECURITY: a key that leads to something of another system is that system's."""
    if registration is None or registration.registrar_id == registrar.pk:
        return registration
    waits = Proposal.objects.filter(key=key, state=Proposal.State.WAITING).exists()
    if registration.application_id is not None or waits:
        raise Unfit(Flaw("taken", "$.key"))
    return None


def _unchanged(outcome: Outcome, registration: Registration) -> Outcome:
    outcome.application = registration.application
    waiting = Proposal.objects.waiting().filter(key=registration.key).first()
    outcome.proposal = waiting
    outcome.result = Reception.Result.UNCHANGED
    return outcome


def _completed(values: dict[str, Any], registrar: Registrar, keeper: Any) -> dict[str, Any]:
    """Of a new application: what the manifest leaves out."""
    doors = [door for door, name in DOOR_FIELDS.items() if values.get(name)]
    usual = {
        "owner": str(keeper.uuid),
        "audience": ceiling_of(registrar),
        "stage": Stage.IN_SERVICE.value,
        "opens_with": doors[0] if doors else "web",
    }
    return {**usual, **values}


def _flaws_of_whole(
    registrar: Registrar, application: Application | None, values: Mapping[str, Any], keeper: Any
) -> list[Flaw]:
    """What the register itself would refuse, asked of a row that is not written."""
    said = {name: value for name, value in values.items() if name != "audience"}
    try:
        fields = fields_of(said)
        if application is not None:
            row = copy(application)
        else:
            row = Application(space=registrar.space, author=keeper, owner=keeper, language="fr")
        for name, value in fields.items():
            setattr(row, name, value)
        row.full_clean(exclude=["space", "author", "key"])
    except ValidationError as error:
        return _flaws_of(error)
    current = plain_of(application) if application is not None else {}
    if not values.keys() & {"owner", "audience"}:
        return []
    owner, audience = (values.get(name, current.get(name)) for name in ("owner", "audience"))
    return flaws_of_owner(owner, audience, registrar.space)


def _flaws_of(error: ValidationError) -> list[Flaw]:
    if not hasattr(error, "error_dict"):
        return [Flaw("field", data={"text": " ".join(error.messages)})]
    by_field = error.message_dict
    return [Flaw("field", path_of(name), {"text": " ".join(texts)}) for name, texts in by_field.items()]


def _divided(
    outcome: Outcome,
    registrar: Registrar,
    registration: Registration | None,
    application: Application | None,
    values: dict[str, Any],
) -> Outcome:
    """What differs, in what is written at once and what waits for somebody."""
    outcome.application = application
    if application is None:
        chosen = outcome.waits if "new" in registrar.guarded else outcome.at_once
        chosen |= values
        return outcome
    current = plain_of(application)
    settled = registration.settled if registration is not None else {}
    # SECURITY: what people entered by hand is handed to a system by somebody, not by its key.
    if registration is None or registration.application_id is None:
        outcome.waits |= values
        outcome.before |= {name: current[name] for name in values}
        return outcome
    for name, value in values.items():
        if current[name] == value:
            outcome.same[name] = value
        elif settled.get(name, _MISSING) != value:
            chosen = outcome.waits if PART_OF[name] in registrar.guarded else outcome.at_once
            chosen[name] = value
            outcome.before[name] = current[name]
    return outcome


def _applied(registrar: Registrar, reading: Reading, registration: Registration | None, outcome: Outcome) -> Outcome:
    keeper = keeper_of(registrar)
    if registration is None:
        registration = Registration(key=outcome.key)
    registration.registrar = registrar
    registration.version, registration.digest = outcome.version, reading.digest
    registration.said, registration.seen = reading.said, timezone.now()
    registration.settled = {**registration.settled, **outcome.same}
    registration.save()
    if outcome.at_once:
        before = {name: value for name, value in outcome.before.items() if name in outcome.at_once}
        outcome.proposal = apply_at_once(registration, outcome.version, outcome.at_once, before, actor=keeper)
        outcome.application = registration.application
    before = {name: value for name, value in outcome.before.items() if name in outcome.waits}
    waiting = propose(
        registration, outcome.version, outcome.waits, before, application=outcome.application, actor=keeper
    )
    if waiting is not None:
        outcome.proposal, outcome.result = waiting, Reception.Result.WAITING
    elif not outcome.at_once:
        outcome.result = Reception.Result.UNCHANGED
    return outcome


def propose_retirement(registrar: Registrar, key: str, *, signature: str | None = None) -> Outcome:
    """Its system says that it is no more: retired at once or when somebody approves; what was never in the register is
    withdrawn. IntegrityError for a signature seen before."""
    try:
        with transaction.atomic():
            outcome = _retired(registrar, key)
            note(registrar, Reception.Way.PUSH, outcome.result, key=key, proposal=outcome.proposal, signature=signature)
            return outcome
    except Unfit as unfit:
        outcome = Outcome(Reception.Result.INVALID, key, flaws=unfit.flaws)
    except (Refused, ValidationError) as error:
        text = str(error.reason) if isinstance(error, Refused) else " ".join(error.messages)
        outcome = Outcome(Reception.Result.INVALID, key, flaws=[Flaw("field", data={"text": text})])
    note(registrar, Reception.Way.PUSH, outcome.result, flaws=outcome.flaws, key=key, signature=signature)
    return outcome


def _retired(registrar: Registrar, key: str) -> Outcome:
    registrar = Registrar.objects.select_for_update(of=("self",)).select_related("space").get(pk=registrar.pk)
    keeper = keeper_of(registrar)
    registration = _registration_of(key, locked=True)
    if registration is None or registration.registrar_id != registrar.pk:
        raise Unfit(Flaw("gone"))
    application = registration.application
    outcome = Outcome(Reception.Result.UNCHANGED, key, registration.version, application=application)
    if application is None or application.stage == Stage.RETIRED:
        propose(registration, registration.version, {}, {}, application=None, actor=keeper)
        return outcome
    if application.state == State.TRASHED:
        raise Unfit(Flaw("trashed"))
    values, before = {"stage": Stage.RETIRED.value}, {"stage": application.stage}
    if "stage" in registrar.guarded:
        outcome.proposal = propose(
            registration, registration.version, values, before, application=application, actor=keeper
        )
        outcome.result = Reception.Result.WAITING
    else:
        propose(registration, registration.version, {}, {}, application=None, actor=keeper)
        outcome.proposal = apply_at_once(registration, registration.version, values, before, actor=keeper)
        outcome.result = Reception.Result.APPLIED
    return outcome
