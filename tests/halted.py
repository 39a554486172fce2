"""A process that stops itself in the middle of its work: so a test says where, however busy the machine is.

`python -m tests.halted FUNCTION CALL SIGNAL ARGUMENT …` is `manage.py ARGUMENT …` that sends itself the signal at the
end of that call of the function: what it did is done, and not committed where a transaction is around it.
"""

import functools
import os
import signal
import subprocess
import sys
from importlib import import_module
from typing import Any

import django
from django.core.management import execute_from_command_line


def halt(function: str, call: int, number: int) -> None:
    """From now on this process sends itself the signal `number` at the end of the `call`-th call of `function`, which
    is `module:name` or `module:class.name`."""
    module, _colon, path = function.partition(":")
    *owners, name = path.split(".")
    owner: Any = functools.reduce(getattr, owners, import_module(module))
    inner, calls = getattr(owner, name), 0

    @functools.wraps(inner)
    def outer(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        answer = inner(*arguments, **named)
        if calls == call:
            os.kill(os.getpid(), number)
        return answer

    setattr(owner, name, outer)


def command(function: str, call: int, name: str, *arguments: str) -> list[str]:
    """The command line of `manage.py` that sends itself the signal of that name."""
    return [sys.executable, "-m", "tests.halted", function, str(call), name, *arguments]


def wait_until_stopped(process: "subprocess.Popen[bytes]") -> None:
    """Wait until a process has sent itself SIGSTOP. AssertionError when it ended instead."""
    info = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    assert info is not None and info.si_code == os.CLD_STOPPED, "it ended before it came there"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings")
    django.setup()
    halt(sys.argv[1], int(sys.argv[2]), signal.Signals[sys.argv[3]])
    execute_from_command_line(["manage.py", *sys.argv[4:]])
