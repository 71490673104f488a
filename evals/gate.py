"""What `ringback eval` does: run, write the report, say where it is."""

import asyncio
from pathlib import Path

from evals.report import write
from evals.run import Result, run

OUT = Path("evals/out")


def main(names: list[str], *, out: Path = OUT) -> tuple[list[Result], Path]:
    """Run, write `out/report.html` and `out/report.json`; the results and where the page is."""
    results = asyncio.run(run(names))
    return results, write(results, out)
