"""What the activity floor tells those above it. Signals point upwards only."""

from django.dispatch import Signal

# activity: Activity. Inside the transaction of the change; a receiver that fails undoes the change.
recorded = Signal()
# activity: Activity; notifications: list[Notification]. After the fan-out's commit.
notified = Signal()
# person: the reader whose unread count changed. After commit.
notifications_read = Signal()
