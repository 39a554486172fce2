"""Applications in the REST API."""

from ninja import Router

from .access import (
    router as access,
)
from .applications import (
    router as applications,
)
from .health import (
    router as health,
)
from .launcher import (
    router as launcher,
)
from .mailboxes import (
    router as mailboxes,
)
from .notes import (
    router as notes,
)
from .service import (
    router as service,
)

router = Router()
for _router in (
    access,
    applications,
    health,
    launcher,
    mailboxes,
    notes,
    service,
):
    router.add_router("", _router)
