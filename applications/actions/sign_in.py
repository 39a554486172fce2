"""Keeping the clients of single sign-on, and what people do with their connections."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import require
from foundation.outgoing.sealing import digest_of, new_secret

from ..activities import (
    CONNECTION_AGREED,
    CONNECTION_REVOKED,
    SIGN_IN_CLIENT_ADDED,
    SIGN_IN_CLIENT_CHANGED,
    SIGN_IN_SECRET_RENEWED,
)
from ..models import Application, Claim, Connection, SignIn, SignInClient
from .sign_in_tokens import end_sign_ins

# What may be said of a client.
CLIENT_SAID = ("name", "redirect_uris", "post_logout_redirect_uris", "consent", "claims", "groups")
# How long a former secret goes on, where it is not known to others.
FORMER_SECRET = timedelta(hours=24)
_UNCHECKED = ["client_secret", "entitlement", "user"]


@transaction.atomic
def add_sign_in_client(
    application: Application, values: Mapping[str, Any], *, actor: Any, native: bool = False
) -> tuple[SignInClient, str]:
    """Open single sign-on to an application. Answers the client and its secret, which is shown once.

    `values`: any of CLIENT_SAID. `native`: a program on people's own machines, which has no secret (""). Raises Refused
    and ValidationError, by field.
    """
    require(actor, "applications.keep_sign_in", application)
    secret = "" if native else new_secret()
    client = SignInClient(
        client_id=secrets.token_hex(16),
        entitlement=application,
        client_type=SignInClient.CLIENT_PUBLIC if native else SignInClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=SignInClient.GRANT_AUTHORIZATION_CODE,
        algorithm=SignInClient.RS256_ALGORITHM,
        hash_client_secret=False,
        client_secret=digest_of(secret) if secret else "",
        secret_renewed=None if native else timezone.now(),
    )
    _fill(client, values)
    record(SIGN_IN_CLIENT_ADDED, None, actor=actor, data=_said(client))
    return client, secret


@transaction.atomic
def change_sign_in_client(client: SignInClient, values: Mapping[str, Any], *, actor: Any) -> None:
    """Change what is said of a client. Raises Refused and ValidationError, by field.

    Who had agreed to less is asked again; addresses taken away are refused from now on.
    """
    require(actor, "applications.keep_sign_in", client.entitlement)
    _fill(client, values)
    record(SIGN_IN_CLIENT_CHANGED, None, actor=actor, data={**_said(client), "changed": sorted(values)})


def _fill(client: SignInClient, values: Mapping[str, Any]) -> None:
    unknown = sorted(set(values) - set(CLIENT_SAID))
    if unknown:
        raise TypeError(f"a client has no {', '.join(unknown)} to set")
    for name in CLIENT_SAID:
        if name in values and name != "groups":
            value = values[name]
            setattr(client, name, " ".join(value.split()) if name.endswith("_uris") else value)
    if "claims" in values:
        # In the order of `Claim`, each once.
        client.claims = [one for one in Claim.values if one in set(values["claims"])]
    client.full_clean(exclude=_UNCHECKED)
    client.save()
    if "groups" in values:
        client.groups.set(values["groups"])
    if Claim.GROUPS in client.claims and not client.groups.exists():
        raise ValidationError({"groups": _("Choose the groups that it may be told of.")})


@transaction.atomic
def switch_sign_in_client(client: SignInClient, *, actor: Any, on: bool) -> None:
    """Let people sign in by it, or not any more: what it holds then serves no more. Raises Refused."""
    require(actor, "applications.keep_sign_in", client.entitlement)
    client.is_enabled = on
    client.save(update_fields=["is_enabled", "updated"])
    if not on:
        end_sign_ins(SignIn.objects.filter(client=client))
    record(SIGN_IN_CLIENT_CHANGED, None, actor=actor, data={**_said(client), "is_enabled": on})


@transaction.atomic
def renew_client_secret(client: SignInClient, *, actor: Any, at_once: bool = False) -> str:
    """A new secret. The former one goes on for a day, or ends `at_once`, with every sign-in made. Raises Refused.

    ValidationError for a program on people's own machines: it has none.
    """
    require(actor, "applications.keep_sign_in", client.entitlement)
    if client.is_native:
        raise ValidationError(_("A program on people's own machines has no secret."))
    secret = new_secret()
    client.former_secret = "" if at_once else client.client_secret
    client.former_secret_until = None if at_once else timezone.now() + FORMER_SECRET
    client.client_secret, client.secret_renewed = digest_of(secret), timezone.now()
    client.save()
    if at_once:
        end_sign_ins(SignIn.objects.filter(client=client))
    record(SIGN_IN_SECRET_RENEWED, None, actor=actor, data={**_said(client), "at_once": at_once})
    return secret


def _said(client: SignInClient) -> dict[str, Any]:
    return {"client": str(client.uuid), "application": str(client.entitlement.uuid)}


@transaction.atomic
def agree_to_connection(client: SignInClient, *, actor: Any) -> Connection:
    """`actor` agrees that the client is told what its policy allows today."""
    connection = connect(client, actor=actor)
    connection.claims, connection.agreed = list(client.claims), timezone.now()
    connection.save(update_fields=["claims", "agreed"])
    record(CONNECTION_AGREED, None, actor=actor, data={**_said(client), "claims": connection.claims})
    return connection


def connect(client: SignInClient, *, actor: Any) -> Connection:
    """The connection of `actor` with the client, made or taken up again where there was none."""
    connection, _made = Connection.objects.get_or_create(client=client, person=actor)
    if connection.revoked is not None:
        connection.revoked, connection.since = None, timezone.now()
        connection.claims, connection.agreed, connection.last_used = [], None, None
        connection.save()
    return connection


def has_agreed(client: SignInClient, person: Any) -> bool:
    """Whether `person` agreed to all that the client's policy allows today."""
    found = Connection.objects.visible_to(person).filter(client=client).exclude(agreed=None).first()
    return found is not None and set(client.claims) <= set(found.claims)


@transaction.atomic
def revoke_connection(connection: Connection, *, actor: Any) -> None:
    """Disconnect an application: its tokens serve no more, and where one is asked, one will be asked again.

    Somebody else's raises PermissionError: the caller looked in the wrong place.
    """
    if connection.person_id != actor.pk:
        raise PermissionError("a connection is revoked by its person")
    connection.revoked = timezone.now()
    connection.save(update_fields=["revoked"])
    end_sign_ins(SignIn.objects.filter(client_id=connection.client_id, person=actor))
    record(CONNECTION_REVOKED, None, actor=actor, data=_said(connection.client))
