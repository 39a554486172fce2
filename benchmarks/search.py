"""The search at the size of a city, through Haystack: 20,000 items beside stock Haystack and Whoosh, 100,000, and a
million with `--million`. CPU of this process, which runs engine and Haystack alone; no database is read but for the
synonyms.

One query is the filter of sixty principals, the twenty best, every facet of the results page and marks in the extracts.
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import surroundings, tables
from .corpus import Corpus, Item

COMPARED, MIDDLE, LARGE, SMALL = 20_000, 100_000, 1_000_000, 1_500
BATCH, COMMIT_EVERY = 1_000, 50_000
# Milliseconds of CPU: median and 95th percentile; suggestions in the mean.
TIMES = {MIDDLE: (10.0, 25.0), LARGE: (25.0, 50.0)}
SUGGESTION, GROWTH, FASTER, BUILD_SECONDS = 3.0, 3.0, 15.0, 600.0
STOCK = {"ENGINE": "haystack.backends.whoosh_backend.WhooshEngine"}


@dataclass(frozen=True)
class Verdict:
    """One target."""

    says: str
    value: float
    target: float
    at_least: bool = False

    @property
    def is_missed(self) -> bool:
        return self.value < self.target if self.at_least else self.value > self.target


def run(*, small: bool, million: bool) -> int:
    """Measure, print PASS or FAIL, write the report. The number of targets missed."""
    folder = surroundings.folder() / "search"
    folder.mkdir(parents=True, exist_ok=True)
    surroundings.set_up(f"sqlite:///{folder / 'synonyms.sqlite3'}", SEARCH_ENGINE="tantivy")
    surroundings.migrate()
    corpus, verdicts, lines = Corpus(), [], []
    sizes = [SMALL] if small else [COMPARED, MIDDLE, *([LARGE] if million else [])]
    medians: dict[int, float] = {}
    for size in sizes:
        using = _connection(folder / f"tantivy_{size}")
        build = _built(using, corpus, size)
        times = _questions(using, corpus, 4 if small else 24)
        suggested = _suggestions(using, corpus, 10 if small else 100)
        everything = [one for some in times.values() for one in some]
        medians[size] = statistics.median(everything)
        lines += [_row(f"{size:,}", sort, some) for sort, some in times.items()]
        lines += [_row(f"{size:,}", "all", everything), _row(f"{size:,}", "suggestions", suggested)]
        lines.append([f"{size:,}", "built, CPU s / MB", f"{build['cpu']:.0f}", f"{build['megabytes']:.0f}"])
        if size in TIMES:
            median, high = TIMES[size]
            verdicts.append(Verdict(f"{size:,}: median, ms", medians[size], median))
            verdicts.append(Verdict(f"{size:,}: 95th percentile, ms", _high(everything), high))
            verdicts.append(Verdict(f"{size:,}: suggestion, ms", statistics.median(suggested), SUGGESTION))
        if size == LARGE:
            verdicts.append(Verdict("1,000,000: built, CPU s", build["cpu"], BUILD_SECONDS))
            verdicts.append(Verdict("from 100,000 to 1,000,000, times", medians[LARGE] / medians[MIDDLE], GROWTH))
    first = sizes[0]
    stock = _stock(folder, corpus, first, 2 if small else 6)
    lines += [_row(f"{first:,} stock Whoosh", sort, some) for sort, some in stock.items()]
    whoosh = statistics.median([one for some in stock.values() for one in some])
    verdicts.append(Verdict("against stock Haystack and Whoosh, times", whoosh / medians[first], FASTER, at_least=True))
    return _report(lines, verdicts, small=small)


def _connection(path: Path, **options: Any) -> str:
    """A connection of Haystack's for an index in `path`."""
    from django.conf import settings

    name = path.name
    base = {"ENGINE": "foundation.search.backends.tantivy.TantivyEngine"}
    settings.HAYSTACK_CONNECTIONS[name] = {**base, **options, "PATH": str(path)}
    return name


def _index() -> Any:
    """The index of content, over items that no database holds."""
    from haystack import indexes

    from communities.models import Topic
    from foundation.search.indexes import ContentIndex

    class ItemIndex(ContentIndex, indexes.Indexable):
        def get_model(self) -> type[Topic]:
            return Topic

        def body_of(self, obj: Any) -> str:
            return obj.body

        def prepare_unit(self, obj: Any) -> int | None:
            return obj.item.unit

        def officialness_of(self, obj: Any) -> float:
            return 1.0

        def prepare_readers(self, obj: Any) -> list[str]:
            return list(obj.item.readers)

        def prepare_audience(self, obj: Any) -> list[str]:
            return [self.ANY]

        def prepare_shared(self, obj: Any) -> list[str]:
            return []

        def prepare_stamp(self, obj: Any) -> int:
            return obj.pk

    return ItemIndex()


def _object(item: Item) -> Any:
    """A topic that is saved nowhere."""
    from communities.models import Topic

    made = Topic(
        pk=item.pk,
        kind=item.kind,
        title=item.title,
        language=item.language,
        space_id=item.space,
        author_id=item.author,
        updated=item.updated,
        body=item.body,
    )
    made.item = item
    return made


def _batches(corpus: Corpus, size: int) -> Iterator[list[Any]]:
    batch = []
    for item in corpus.items(size):
        batch.append(_object(item))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _built(using: str, corpus: Corpus, size: int) -> dict[str, float]:
    """Build the index where it is not there yet. CPU of preparing and writing, the making of the corpus left out."""
    from django.conf import settings
    from haystack import connections

    backend = connections[using].get_backend()
    path = Path(settings.HAYSTACK_CONNECTIONS[using]["PATH"])
    done = path / "built.json"
    wanted = surroundings.fingerprint(
        [Path(__file__).with_name("corpus.py"), *(surroundings.ROOT / "foundation" / "search").rglob("*.py")]
    )
    if done.exists() and json.loads(done.read_text())["of"] == wanted and backend.is_there():
        return json.loads(done.read_text())
    print(f"Indexing {size:,} items", flush=True)
    done.unlink(missing_ok=True)
    folder, index, cpu, written = backend.folders.begin(), _index(), 0.0, 0
    beside = backend.beside(folder)
    for batch in _batches(corpus, size):
        begun = time.process_time()
        beside.write(beside.prepared(index, batch), is_new=True, commit=False)
        written += len(batch)
        if written % COMMIT_EVERY == 0:
            beside.commit()
        cpu += time.process_time() - begun
    begun = time.process_time()
    beside.commit()
    beside.close()
    cpu += time.process_time() - begun
    backend.folders.switch(folder)
    megabytes = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) / 1e6
    figures = {"of": wanted, "cpu": cpu, "megabytes": megabytes}
    done.write_text(json.dumps(figures))
    return figures


def _timed(questions: dict[str, list[str]], ask: Callable[[str, str], Any], rounds: int) -> dict[str, list[float]]:
    """CPU milliseconds by sort of question, in a shuffled order; each is asked once before."""
    order = [(sort, text) for sort, texts in questions.items() for text in texts]
    for sort, text in order:
        ask(sort, text)
    found: dict[str, list[float]] = {sort: [] for sort in questions}
    for number in range(rounds):
        random.Random(number).shuffle(order)
        for sort, text in order:
            begun = time.process_time()
            ask(sort, text)
            found[sort].append(1000 * (time.process_time() - begun))
    return found


def _questions(using: str, corpus: Corpus, each: int) -> dict[str, list[float]]:
    from haystack.inputs import AutoQuery

    from foundation.search.backends.compiler import Asked
    from foundation.search.search import FACETS, PermittedQuerySet

    mine = corpus.principals()
    asked = Asked(mine, frozenset(one for one in mine if one.startswith("unit:")))

    def ask(sort: str, text: str) -> None:
        found = PermittedQuerySet(using=using).asking(asked).filter(content=AutoQuery(text)).highlight()
        found = found.with_facets(FACETS)
        if sort.endswith("by date"):
            found = found.order_by("-updated")
        hits = found[:20]
        assert found.facet_counts()["fields"]["kind"] or not hits

    return _timed(corpus.questions(each), ask, 2)


def _suggestions(using: str, corpus: Corpus, each: int) -> list[float]:
    from foundation.search.backends.compiler import Asked
    from foundation.search.search import PermittedQuerySet

    asked = Asked(corpus.principals())

    def ask(_sort: str, text: str) -> None:
        list(PermittedQuerySet(using=using).asking(asked).filter(title__startswith=text)[:10])

    return _timed({"": corpus.beginnings(each)}, ask, 2)[""]


def _stock(folder: Path, corpus: Corpus, size: int, each: int) -> dict[str, list[float]]:
    """The same questions through stock Haystack and Whoosh: its own analysis, the principals as a filter."""
    from haystack import connections
    from haystack.inputs import AutoQuery
    from haystack.query import SearchQuerySet

    path = folder / f"stock_{size}"
    is_new = not (path / "done").exists()
    using = _connection(path, **STOCK)
    if is_new:
        print(f"Indexing {size:,} items with stock Haystack and Whoosh (a few minutes)", flush=True)
        index, backend = _index(), connections[using].get_backend()
        for batch in _batches(corpus, size):
            backend.update(index, batch)
        (path / "done").touch()
    mine = sorted(one.replace(":", "") for one in corpus.principals())

    def ask(sort: str, text: str) -> None:
        found = SearchQuerySet(using=using).filter(content=AutoQuery(text)).filter(readers__in=mine).highlight()
        found = found.facet("kind")
        if sort.endswith("by date"):
            found = found.order_by("-updated")
        found[:20]
        found.facet_counts()

    return _timed(corpus.questions(each), ask, 1)


def _high(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]


def _row(size: str, sort: str, times: list[float]) -> list[str]:
    return [size, sort, f"{statistics.median(times):.1f}", f"{_high(times):.1f}"]


def _report(lines: list[list[str]], verdicts: list[Verdict], *, small: bool) -> int:
    head = ["items", "question, CPU ms", "median", "95 %"]
    print(tables.text(head, lines))
    for one in verdicts:
        word = "at least" if one.at_least else "at most"
        says = "----" if small else "FAIL" if one.is_missed else "PASS"
        print(f"{says}  {one.says}: {one.value:.1f} ({word} {one.target:g})")
    name = "search_small.md" if small else "search.md"
    judged = [[one.says, f"{one.value:.1f}", f"{one.target:g}"] for one in verdicts]
    report = f"{tables.markdown(head, lines)}\n\n{tables.markdown(['target', 'measured', 'wanted'], judged)}\n"
    (surroundings.folder() / name).write_text(report)
    return 0 if small else sum(one.is_missed for one in verdicts)
