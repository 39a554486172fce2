"""A deployment pipeline of the demo city: an application it keeps, a change and a newcomer that wait for an editor."""

import json
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from applications.actions import add_registrar, approve
from applications.actions.manifests import receive
from applications.models import Proposal, Reception
from foundation.spaces.models import Space

from .city import read_toml


def load_registration(space: Space, keeper: Any) -> str:
    """In the register `space`, in the name of `keeper`, who edits it. Call it within `quietly()`."""
    told = read_toml("registration.toml")
    values = {"name": told["name"], "space": space, "hosts": told["hosts"]}
    registrar, _secret = add_registrar(values, actor=keeper)
    _hand_in(registrar, told["manifests"][0])
    approve(Proposal.objects.waiting().get(registrar=registrar), actor=keeper)
    for one in told["manifests"][1:]:
        _hand_in(registrar, one)
    waiting = Proposal.objects.waiting().filter(registrar=registrar).count()
    return f"1 system that registers applications, {waiting} proposals waiting"


def _hand_in(registrar: Any, manifest: dict[str, Any]) -> None:
    said = dict(manifest)
    days = said.pop("days", None)
    if days is not None:
        day = timezone.localdate() + timedelta(days=days)
        said["service_from"] = timezone.make_aware(datetime.combine(day, time(8))).isoformat()
    (outcome,) = receive(registrar, json.dumps(said).encode(), way=Reception.Way.PUSH)
    if not outcome.is_good:
        raise ValueError(f"{outcome.key}: {outcome.flaws}")
