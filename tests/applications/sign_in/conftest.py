"""An application of the city with clients that people sign in by."""

from collections.abc import Iterator

import pytest

from applications.actions import add_application
from applications.actions.sign_in import add_sign_in_client
from applications.models import Application, Claim, Consent
from applications.oidc import keys
from directory.actions import create_unit
from directory.models import Person, Unit
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE
from foundation.spaces.actions import create_space
from foundation.spaces.models import Space

from .provider import CALLBACK, System


@pytest.fixture(autouse=True)
def _no_keys_of_other_tests() -> Iterator[None]:
    keys.forget()
    yield
    keys.forget()


@pytest.fixture
def register(host: Person) -> Space:
    """The register of applications, which `host` edits."""
    return create_space(
        Space.Kind.UNIT, actor=host, name_fr="Applications", name_en="Applications", audience=audience_of({EVERYONE})
    )


@pytest.fixture
def payroll(register: Space, host: Person) -> Application:
    """An application for everyone."""
    return add_application(
        register, actor=host, title="Paie", title_translated="Pay", address="https://paie.ville.example/"
    )


@pytest.fixture
def system(payroll: Application, host: Person) -> System:
    """A client the city trusts, which may be told everything but groups."""
    values = {
        "name": "production",
        "redirect_uris": CALLBACK,
        "post_logout_redirect_uris": "https://paie.ville.example/au-revoir",
        "consent": Consent.TRUSTED,
        "claims": [Claim.NAME, Claim.USERNAME, Claim.EMAIL, Claim.LOCALE, Claim.UNITS, Claim.ELECTED],
    }
    return System(*add_sign_in_client(payroll, values, actor=host))


@pytest.fixture
def asking(payroll: Application, host: Person) -> System:
    """A client that asks the person, and may be told their name."""
    values = {"name": "essai", "redirect_uris": CALLBACK, "consent": Consent.ASK, "claims": [Claim.NAME]}
    return System(*add_sign_in_client(payroll, values, actor=host))


@pytest.fixture
def parks(city: Unit) -> Unit:
    return create_unit("PARCS", "Parcs", name_en="Parks", kind="division", parent=city)
