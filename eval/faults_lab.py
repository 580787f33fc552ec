"""Where faults are tried: a folder, the layer under SQLite, and what each workload does where no disk fails."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from eval.crash import WordEmbedder
from eval.faults_disk import Tree, lay_out, tree_of
from eval.faults_layer import Decide, Layer
from eval.faults_operations import Trace
from eval.faults_papers import Facts, digests, facts_from_words, facts_of
from eval.faults_sqlite import SqliteDisk
from eval.faults_workloads import FOLDER, FaultyLibrary, Workload, bring_in, look_over, quickened
from ingest.errors import LibraryError
from ingest.library import Library
from ingest.sqlite import is_damage

_INDEX_FOLDERS = tuple(f"{FOLDER}/{name}" for name in ("chroma", "chroma.next", "chroma.old"))
_TURNS = "turns"
_TIE = 1e-4


@dataclass(frozen=True, slots=True)
class Recording:
    """A workload where nothing failed: what it did to the disk, what the library said after each acknowledgement.

    `views[n]` is what it said after n of them.
    """

    workload: Workload
    before: Tree
    trace: Trace
    views: Sequence[Facts]

    def allowed(self, acknowledged: int) -> Sequence[Facts]:
        """What a library may say after some acknowledgements: it may have saved what it had no time to acknowledge."""
        return self.views[acknowledged : acknowledged + 2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial: faults at a kind of write `point`, and `how`; `problem` is empty where all is well.

    `operation` is the number of the operation in its workload. `ending` says in a word how a disk that lies ended.
    """

    point: str
    operation: int
    how: str
    problem: str = ""
    ending: str = ""
    points: tuple[str, ...] = ()  # where there were several faults, of all of them


def says(library: Library) -> dict[str, object]:
    """All that a library says: of its papers, and its conversations."""
    conversations = library.conversations
    return {**said_of_papers(library), _TURNS: {one.id: conversations.turns(one.id) for one in conversations.listed()}}


def said_of_papers(library: Library) -> Facts:
    """What it says of its papers; or that something of them is damaged, which it says in their stead."""
    try:
        return facts_of(library)
    except LibraryError as error:
        if not is_damage(error):
            raise
        return {"is damaged": True}


def difference(said: Facts, allowed: Sequence[Facts]) -> str:
    """What differs from the nearest of what may be said; empty where nothing does."""
    wrong = [[asked for asked in said if said[asked] != one.get(asked)] for one in allowed]
    nearest = min(wrong, key=len)
    return f"it says otherwise: {', '.join(nearest)}" if nearest else ""


def without_turns(said: Facts) -> Facts:
    """What is said of papers alone."""
    return {asked: answer for asked, answer in said.items() if asked != _TURNS}


class Bystander:
    """A reader that opens the library at the first acknowledgement, and is there until the end; it is not watched."""

    def __init__(self, folder: Path, layer: Layer, *, is_there: bool) -> None:
        self._folder, self._layer, self._is_there = folder, layer, is_there
        self._library: FaultyLibrary | None = None

    def look(self) -> Facts | None:
        """What it reads now; None where nobody is there."""
        if not self._is_there:
            return None
        with self._layer.paused():
            self._library = self._library or FaultyLibrary(self._folder)
            return says(self._library)

    def look_again(self) -> Facts | None:
        """What it reads now, if it ever looked."""
        return self.look() if self._library else None

    def leave(self) -> None:
        """Close the library."""
        with self._layer.paused():
            if self._library is not None:
                self._library.close()


class Lab:
    """Raises InputError where no layer can be put under this Python's SQLite; `folder` must be there, and empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sqlite = SqliteDisk()
        self._recordings: dict[tuple[str, bool], Recording] = {}
        self._befores: dict[str, Tree] = {}
        self.sources = [digest.write(folder) for digest in digests()]

    def recording(self, workload: Workload, *, has_reader: bool = False) -> Recording:
        """What a workload does, beside a reader or alone."""
        key = (workload.name, has_reader)
        if key not in self._recordings:
            self._recordings[key] = self._record(workload, has_reader=has_reader)
        return self._recordings[key]

    @cached_property
    def whole(self) -> Facts:
        """What a library says that holds all digests.

        Raises:
            ValueError: it is not what the words of the digests say.
        """
        with self.fresh() as root, FaultyLibrary(root / FOLDER) as library:
            bring_in(library, self.sources)
            said = facts_of(library)
        wanted = facts_from_words(digests())
        wrong = [asked for asked in wanted if said[asked] != wanted[asked]]
        if wrong:
            raise ValueError(f"a sound library does not say what the digests say: {', '.join(wrong)}")
        return said

    def before(self, workload: Workload) -> Tree:
        """What a workload begins with."""
        if workload.name not in self._befores:
            with self.fresh() as root:
                workload.prepare(root / FOLDER, self.sources)
                self._befores[workload.name] = tree_of(root)
        return self._befores[workload.name]

    def _record(self, workload: Workload, *, has_reader: bool) -> Recording:
        before = self.before(workload)
        with self.fresh(before) as root, FaultyLibrary(root / FOLDER) as library:
            views = [says(library)]
        with self.fresh(before) as root:
            layer = self.layer(root, workload)
            bystander = Bystander(root / FOLDER, layer, is_there=has_reader)

            def acknowledge() -> None:
                layer.trace.acknowledge()
                bystander.look()
                with layer.paused(), FaultyLibrary(root / FOLDER) as library:
                    views.append(says(library))

            with layer.watching(self.sqlite):
                workload.run(root / FOLDER, self.sources, acknowledge)
            bystander.leave()
        return Recording(workload, before, layer.trace, views)

    def layer(self, root: Path, workload: Workload, decide: Decide = lambda *_: None) -> Layer:
        """A layer that watches a folder while a workload is done in it."""
        layer = Layer(root, decide)
        if workload.is_indexed:
            layer.unseen_folders = _INDEX_FOLDERS
        return layer

    @contextmanager
    def fresh(self, tree: Tree | None = None) -> Iterator[Path]:
        """A folder that holds what a tree says, or nothing."""
        root = Path(tempfile.mkdtemp(dir=self._folder))
        lay_out(tree or {}, root)
        try:
            with quickened():
                yield root
        finally:
            shutil.rmtree(root)

    def recovered(self, folder: Path, recording: Recording, acknowledged: int) -> str:
        """What is wrong with a library after a fault, looked at as its user would; empty where nothing is.

        It is opened, looked over by the doctor, who may mend it, and given the same digests again.
        """
        workload = recording.workload
        try:
            with FaultyLibrary(folder, is_indexed=workload.is_indexed) as library:
                found = says(library)
                if problem := difference(found, recording.allowed(acknowledged)):
                    return problem
                if left := [finding.problem for finding in look_over(library) if not finding.is_repaired]:
                    return f"the doctor cannot mend it: {left[0]}"
                bring_in(library, self.sources)
                after = says(library)
                if problem := difference(after, [{**self.whole, _TURNS: found[_TURNS]}]):
                    return f"after the same ingest {problem}"
                return _index_problem(library) if workload.is_indexed else ""
        except LibraryError as error:
            return f"it takes a person: {error}"


def _index_problem(library: Library) -> str:
    """Whether Chroma finds each paper by its own text."""
    if not library.index_is_current():
        return "the vector index is not current after it was made anew"
    for stored in library.papers():
        scores = library.dense_scores(WordEmbedder().text_vector(stored.paper.text))
        best = scores.rows[scores.scores >= scores.scores.max() - _TIE]
        if stored.row not in best:
            return f"the vector index does not find {stored.paper.arxiv_id}"
    return ""
