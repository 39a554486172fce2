"""Publications in the REST API."""

from ninja import Router

from .alerts import router as alerts

router = Router()
router.add_router("", alerts)
