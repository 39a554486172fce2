"""Looking at one's mail and agenda: what was last seen is answered at once, what is older is read again in the
background. A person who is not looking causes no traffic.
"""

from .looks import KINDS_SHOWN, Look, forget, look_at, looks_of
from .store import AGENDA, MAIL

__all__ = ["AGENDA", "KINDS_SHOWN", "MAIL", "Look", "forget", "look_at", "looks_of"]
