"""How the lower floors say what happened. The activity floor listens and records: signals point upwards only."""

from django.dispatch import Signal

# Sent inside the transaction of the action, once, as its last word.
# verb: the key of a registered verb; target: a Space or Content; actor: the person; data: plain values.
happened = Signal()
