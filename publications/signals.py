"""What publications announce to whoever checks or follows them."""

from django.dispatch import Signal

# Before anything of a notice becomes public: `notice` (with the text about to be), `person` (None: the clock). Whoever
# refuses raises.
publishing = Signal()
