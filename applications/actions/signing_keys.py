"""The keys that ID tokens are signed with: made, put in use, retired. The database is the truth for every process.

There is always one in use and one that will be next, published already: so a rotation, even one in haste, is to a key
that everybody has had the time to read.
"""

import json
import logging
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from jwcrypto import jwk

from foundation.outgoing.sealing import Unreadable, seal, unseal

from ..models import SigningKey

logger = logging.getLogger(__name__)

BITS = 2048
# A key is published this long before it signs, and this long after the last token it signed has ended.
PUBLISHED_BEFORE, PUBLISHED_AFTER = timedelta(hours=24), timedelta(days=1)


class TooSoon(Exception):
    """The next key has not been published for long enough: systems that read the keys once a day do not know it."""


def ensure_signing_keys() -> None:
    """One key in use, one next: made where there is none. Several processes may do it at once."""
    held = set(SigningKey.objects.exclude(stage=SigningKey.Stage.FORMER).values_list("stage", flat=True))
    for stage in (SigningKey.Stage.CURRENT, SigningKey.Stage.NEXT):
        if stage not in held:
            try:
                with transaction.atomic():
                    _make(stage)
            except IntegrityError:
                # Another process made it at the same moment.
                logger.info("the %s signing key was made by another process", stage)


def _make(stage: str) -> SigningKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    web = jwk.JWK.from_pem(pem)
    public = {"use": "sig", "alg": "RS256", "kid": web.thumbprint(), **json.loads(web.export_public())}
    activated = timezone.now() if stage == SigningKey.Stage.CURRENT else None
    return SigningKey.objects.create(
        kid=web.thumbprint(),
        stage=stage,
        sealed=seal(pem.decode()),
        sealed_by=_seal_mark(),
        public=public,
        activated=activated,
    )


def _seal_mark() -> str:
    """Tells one SECRET_KEY from another, without telling it."""
    return salted_hmac("applications.signing_key", "mark", algorithm="sha256").hexdigest()


@transaction.atomic
def rotate_signing_key(*, hurry: bool = False, compromised: bool = False) -> SigningKey:
    """The next key takes over and a new one is published. Answers the one in use from now on.

    Raises TooSoon when the next has been published for less than a day, unless in a `hurry`. `compromised`: the one in
    use until now is published no longer, and whatever it signed is refused at once; it implies a hurry.
    """
    ensure_signing_keys()
    keys = {one.stage: one for one in SigningKey.objects.select_for_update().exclude(stage=SigningKey.Stage.FORMER)}
    former, following = keys[SigningKey.Stage.CURRENT], keys[SigningKey.Stage.NEXT]
    now = timezone.now()
    if following.published + PUBLISHED_BEFORE > now and not (hurry or compromised):
        raise TooSoon
    if compromised:
        former.delete()
    else:
        former.stage, former.retired, former.sealed = SigningKey.Stage.FORMER, now, ""
        former.save()
    following.stage, following.activated = SigningKey.Stage.CURRENT, now
    following.save()
    _make(SigningKey.Stage.NEXT)
    why = ", which is compromised" if compromised else ""
    logger.warning("the signing key %s took over from %s%s", following.kid, former.kid, why)
    return following


@transaction.atomic
def keep_signing_keys() -> None:
    """Upkeep, each minute: keys where there are none, a rotation when it is due, no keys nobody needs any more.

    Keys sealed by a former SECRET_KEY are sealed again; those that cannot be read any more are replaced.
    """
    ensure_signing_keys()
    now = timezone.now()
    for key in SigningKey.objects.select_for_update().exclude(stage=SigningKey.Stage.FORMER):
        _reseal(key, now)
    ensure_signing_keys()
    current = SigningKey.objects.get(stage=SigningKey.Stage.CURRENT)
    if current.activated is not None and current.activated + timedelta(days=settings.SIGNING_KEY_DAYS) <= now:
        following = SigningKey.objects.get(stage=SigningKey.Stage.NEXT)
        if following.published + PUBLISHED_BEFORE <= now:
            rotate_signing_key()
    life = timedelta(seconds=settings.SIGN_IN_ID_TOKEN_SECONDS) + PUBLISHED_AFTER
    SigningKey.objects.filter(stage=SigningKey.Stage.FORMER, retired__lte=now - life).delete()


def _reseal(key: SigningKey, now: datetime) -> None:
    if key.sealed_by == _seal_mark():
        return
    try:
        key.sealed, key.sealed_by = seal(unseal(key.sealed)), _seal_mark()
    except Unreadable:
        # What it signed stays good: its public half is kept as long as any former key's.
        logger.error("the signing key %s cannot be read with this SECRET_KEY: it is replaced", key.kid)
        key.stage, key.retired, key.sealed = SigningKey.Stage.FORMER, now, ""
    key.save()
