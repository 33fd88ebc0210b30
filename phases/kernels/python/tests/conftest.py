"""Postings for the tests: the sample of the demo, and the crawl beside the checkout if it is there."""

from pathlib import Path

import polars
import pytest

ROOT = Path(__file__).resolve().parents[4]
SAMPLE = ROOT / "runner/assets/sample.csv"
CRAWL = ROOT.parent / "shared/data/raw_jobs.csv"


@pytest.fixture(scope="session")
def postings() -> polars.DataFrame:
    """Postings of one board, with all columns as text. An empty cell is NULL, as in an import."""
    file = CRAWL if CRAWL.exists() else SAMPLE
    frame = polars.read_csv(file, infer_schema=False, null_values="")
    assert frame.height >= 100
    return frame
