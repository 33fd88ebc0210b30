"""compare.py FILE [ROWS]: measures jobinsight.clean beside two programs that a team could write itself, on postings of a CSV
file. The postings are repeated until there are ROWS. Each program gets a frame of Polars, and the fastest of some passes
counts.

- The functions of the old Python pipeline, one row after another: titles, companies and places.
- Expressions of Polars, which imitate the same functions. They run on all cores. They do less than the functions: no entity of
  HTML is decoded, and places are not refined.

`cargo xtask python --bench` builds the package for release and runs this file.
"""

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import jobinsight
import polars as pl

FOLDER = Path(__file__).resolve().parents[4] / "xtask/bench/python"


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def old_functions(frame: pl.DataFrame) -> None:
    old = module("old_functions")
    texts = frame.select("title", "company_name", "location", "location_detail")
    for title, company, location, detail in texts.iter_rows():
        old.clean_title(title or "")
        old.clean_company_name(company or "")
        old.refine_location(location or "", old.extract_location_info(detail) if detail else [])


def fastest(work: Callable[[], object], passes: int) -> float:
    seconds = []
    for _ in range(passes):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    postings = pl.read_csv(sys.argv[1], infer_schema=False, null_values="")
    vectorised = module("vectorised")
    frame = pl.concat([postings] * (rows // postings.height + 1)).head(rows).rechunk()
    # The functions take long, and their time for a row does not depend on the number of rows.
    few = frame.head(min(rows, 5_000))
    measured = [
        ("functions of the old pipeline, one core", few, lambda: old_functions(few), 2),
        (f"expressions of Polars, {pl.thread_pool_size()} cores", frame, lambda: vectorised.expressions(frame), 3),
        ("`jobinsight.clean`, one core", frame, lambda: jobinsight.clean(frame, threads=1), 3),
        ("`jobinsight.clean`, all cores", frame, lambda: jobinsight.clean(frame), 3),
        (
            "`jobinsight.clean(rules=\"v1\")`, one core",
            frame,
            lambda: jobinsight.clean(frame, rules="v1", threads=1),
            3,
        ),
    ]
    print(f"| {rows:,} postings | rows a second |\n|---|---:|")
    for name, some, work, passes in measured:
        print(f"| {name} | {some.height / fastest(work, passes):,.0f} |", flush=True)


if __name__ == "__main__":
    main() if len(sys.argv) > 1 else sys.exit(__doc__)
