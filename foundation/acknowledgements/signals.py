"""What this app says to itself, so that its tasks may use its actions and not the other way round."""

from django.dispatch import Signal

# request: Request. Inside the transaction of the change.
unsettled = Signal()
