"""One whole run: the lease, the connection, the record of it, and how it ended."""

import logging
from collections.abc import Callable

import ldap

from ..actions.sync_runs import LeaseLost, begin_run, end_run, fold_run, new_holder, release_lease, take_lease
from ..models import SyncRun
from .report import Report
from .run import Options, Refused, Sync
from .source import Source

logger = logging.getLogger(__name__)


def sync_once(options: Options, say: Callable[[Report], None] | None = None, *, mode: str = "") -> SyncRun:
    """Read and apply once; the run says how it ended (`state`, `message`, `counts`, `problems`).

    `mode`: watch, where it is one of many; those that tell nothing new are then forgotten. NoDirectory when no server
    is set, SyncBusy while another sync runs. Whatever else goes wrong is the run's message.
    """
    source = Source()
    holder = new_holder()
    state = take_lease(holder)
    run = begin_run(mode or SyncRun.Mode.FULL, is_dry_run=options.dry_run, is_forced=options.force)
    sync = Sync(source, holder, options, say)
    ended, message = SyncRun.State.FAILED, ""
    try:
        with source:
            sync.once(state)
        ended = SyncRun.State.DONE
    except Refused as refusal:
        ended, message = SyncRun.State.REFUSED, str(refusal)
    except LeaseLost:
        message = "another sync took over: this one had been silent for too long"
    except ldap.LDAPError as error:
        logger.error("the sync cannot read the directory: %r", error)
        message = f"LDAP: {type(error).__name__}"
    except Exception as error:
        message = type(error).__name__
        raise
    finally:
        run.mode = mode or (SyncRun.Mode.FULL if sync.is_full else SyncRun.Mode.CHANGES)
        end_run(run, ended, counts=sync.report.counts.as_dict(), problems=sync.report.problems, message=message)
        release_lease(holder)
    if mode and (ended != SyncRun.State.DONE or not sync.report.counts.is_change):
        fold_run(run)
    return run
