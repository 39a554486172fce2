"""Publications in the REST API."""

from ninja import Router

from .alerts import router as alerts
from .notices import router as notices
from .sites import router as sites

router = Router()
for _router in (notices, alerts, sites):
    router.add_router("", _router)
