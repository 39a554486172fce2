"""Single sign-on of the demo city: an application the City connected everybody to, and one that asks each person.

Their secrets are random, made as they are loaded and told to nobody: whoever wants to try renews them.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from applications.actions.sign_in import add_sign_in_client, agree_to_connection, connect
from applications.models import Application, Claim, Connection, Consent, SignInClient
from directory.models import Person

from .people import SIGN_INS

# By the first letters of the French name of the application.
TRUSTED = ("Paie", "paie", [Claim.NAME, Claim.USERNAME, Claim.EMAIL, Claim.LOCALE, Claim.UNITS])
ASKING = ("Formation", "formation", [Claim.NAME, Claim.EMAIL])


def load_sign_in(keeper: Any) -> None:
    """Two clients, and the demonstration's sign-ins connected to them."""
    trusted = _client(*TRUSTED, consent=Consent.TRUSTED, keeper=keeper)
    asking = _client(*ASKING, consent=Consent.ASK, keeper=keeper)
    now = timezone.now()
    for number, one in enumerate(SIGN_INS):
        person = Person.objects.with_unit().get(username=one.username)
        made = [connect(trusted, actor=person)]
        if number % 2 == 0:
            made.append(agree_to_connection(asking, actor=person))
        for connection in made:
            since = now - timedelta(days=20 + 7 * number)
            used = now - timedelta(hours=3 + 5 * number)
            Connection.objects.filter(pk=connection.pk).update(since=since, last_used=used)


def _client(title: str, host: str, claims: list[Claim], *, consent: Consent, keeper: Any) -> SignInClient:
    application = Application.objects.select_related("space").get(title__startswith=title)
    values = {
        "name": "Production",
        "redirect_uris": f"https://{host}.ville.example/rappel",
        "post_logout_redirect_uris": f"https://{host}.ville.example/",
        "consent": consent,
        "claims": claims,
    }
    client, _secret = add_sign_in_client(application, values, actor=keeper)
    return client
