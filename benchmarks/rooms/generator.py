"""The load generator's process (benchmarks/realtime/generator.js): one command, one answer."""

import json
import subprocess
from typing import Any

from .servers import NODE, Server, node, watched


class Generator:
    """All clients of one run. Started anew for each server, so that none inherits what another left in its memory."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Generator":
        self._process = subprocess.Popen(
            watched([node(), "generator.js"]), cwd=NODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process and self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)

    def ask(self, command: str, **options: Any) -> dict[str, Any]:
        """What it measured. RuntimeError when something went wrong there, or a socket was closed by the server."""
        assert self._process and self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"command": command, **options}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": f"it ended during {command}"}
        if "error" in answer:
            raise RuntimeError(f"{self._server.name}: {answer['error']}\n{self._server.log[-3000:]}")
        return answer
