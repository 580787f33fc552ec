"""Work on the parts of a range, by as many threads as there are cores: for numpy, which runs without Python's lock."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def in_parts(work: Callable[[range], None], count: int, least: int) -> None:
    """Do some work on `range(count)`, in parts of no less than `least`; a pool of threads would not outlive a fork."""
    threads = min(os.cpu_count() or 1, count // least)
    if threads < 2:
        work(range(count))
        return
    edges = [count * part // threads for part in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, map(range, edges, edges[1:])))
