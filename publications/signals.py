"""What a notice announces on its way through Wagtail, to whoever checks or follows it."""

from django.dispatch import Signal

# Before anything becomes public or is scheduled: `notice` (with the text about to be), `revision`, `person` (None: the
# clock). Whoever refuses raises.
publishing = Signal()
# It became public or was scheduled: `notice`, `revision`, `person`; `before`: the key of the revision that was public.
went_public = Signal()
# It is no longer in force: `notice`, `person`, `expired` (by the clock; otherwise by hand).
ended = Signal()
