"""What one does to acknowledgements, and what the background work does for all."""

from .acknowledging import acknowledge
from .alerting import escalate, tell_delegates
from .asking import ask, close, renew
from .readings import count_reading
from .registers import export_register
from .reminding import remind_due, remind_now
from .settling import check, settle, settle_batch

__all__ = [
    "acknowledge",
    "ask",
    "check",
    "close",
    "count_reading",
    "escalate",
    "export_register",
    "remind_due",
    "remind_now",
    "renew",
    "settle",
    "settle_batch",
    "tell_delegates",
]
