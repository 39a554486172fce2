"""Publications in the REST API."""

from ninja import Router

from .alerts import router as alerts
from .notices import router as notices

router = Router()
for _router in (notices, alerts):
    router.add_router("", _router)
