"""The benchmark itself works: on little data it asks every question and writes its reports. No time is judged."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts import PrivatePostgres, refuse, require

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """One the database's own user can reach, unlike pytest's: the benchmark keeps its data, and here they go."""
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.postgres
def test_visibility_asks_every_question_of_everyone(folder: Path) -> None:
    require(PrivatePostgres)
    command = [sys.executable, "-m", "benchmarks", "visibility", "--small", "--folder", str(folder)]
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    # 1 says that a target was missed, which a busy machine may do; anything else is a fault.
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    head = next(line for line in done.stdout.splitlines() if line.startswith("milliseconds / buffers"))
    assert all(question in head for question in ("newest", "kind", "space", "feed", "recheck", "one", "resolve"))
    for person in ("ordinary", "heavy", "newcomer", "outsider", "dormant", "nobody", "ordinary+shares"):
        assert any(line.startswith(f"{person} ") for line in done.stdout.splitlines()), done.stdout
    assert "| ordinary |" in (folder / "visibility.md").read_text()
    assert "Planning Time" in (folder / "visibility.txt").read_text()


def test_acknowledgements_are_measured(folder: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "acknowledgements", "--small", "--database", "sqlite"]
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [*command, "--folder", str(folder)], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr
    assert all(name in done.stdout for name in ("freezing, s", "pending, ms", "CSV, s", "PDF, s"))
    # The plan: the partial index.
    assert "acknowledgement_pending" in done.stdout


def test_rooms_are_compared(folder: Path) -> None:
    """Ours, Hocuspocus and y-websocket each go through everything, a restart too, and nothing is lost."""
    if not (ROOT / "benchmarks" / "realtime" / "node_modules" / "ws").is_dir():
        refuse("the servers to compare with are missing: python3 deploy/setup.py test")
    command = [sys.executable, "-m", "benchmarks", "rooms", "--small", "--database", "sqlite"]
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [*command, "--folder", str(folder)], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    # A target may be missed on so little; a change may not.
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr
    assert "All converged, nothing was lost, the database replays to the same." in done.stdout
    head = next(line for line in done.stdout.splitlines() if line.startswith("median of the rounds"))
    assert all(name in head for name in ("ours", "Hocuspocus", "y-websocket"))
    assert "| joins/s |" in (folder / "rooms-sqlite.md").read_text()
    # And where its time goes, by thread.
    done = subprocess.run(
        [*command, "--profile", "joins", "--folder", str(folder)],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert all(f"==== thread {thread}" in done.stdout for thread in ("main", "doorkeeper", "rooms-writer"))
