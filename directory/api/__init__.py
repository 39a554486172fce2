"""People, units and groups in the REST API."""

from ninja import Router

from .groups import router as groups
from .people import router as people
from .units import router as units

router = Router()
router.add_router("", people)
router.add_router("", units)
router.add_router("", groups)

__all__ = ["router"]
