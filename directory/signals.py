"""What the directory announces to the floors above."""

from django.dispatch import Signal

# Somebody's access ended, by their own will or by an administrator's: what else lets them in on the strength of it must
# end too. Sent in the transaction of the change. `people`: their ids; `keys`: of the sessions that ended, or None for
# everything but the session `kept` (its key, or None).
access_ended = Signal()
