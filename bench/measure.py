"""How a figure is taken: interleaved rounds in one run, medians, ratios against a reference."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

ROUNDS = 7


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is held against `goal`; `floor` is the reference's figure."""

    name: str
    value: float
    unit: str
    floor: float
    ratio: float
    goal: str
    met: bool


def seconds(work: Callable[[], object]) -> float:
    """The wall time of one call."""
    started = perf_counter()
    work()
    return perf_counter() - started


def interleaved(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int = ROUNDS
) -> tuple[float, float]:
    """Median seconds of both, measured in turn so that a drift of the machine hits both."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def publish(figures: list[Figure], folder: Path, *, whole: bool) -> bool:
    """Print the table, write results.json; whether all is as it should be: each goal is met, or
    stands with its reason in accepted.json, where nothing else stands. `whole`: all was measured."""
    accepted: dict[str, str] = json.loads((folder / "accepted.json").read_text(encoding="utf-8"))
    print(f"\n{machine()}\n")
    print(f"{'figure':44} {'ours':>12} {'reference':>12} {'ratio':>8}  goal")
    for f in figures:
        met = "met" if f.met else "MISSED"
        print(f"{f.name:44} {f.value:>12.6g} {f.floor:>12.6g} {f.ratio:>8.2f}  {f.goal} {met}")
        reason = f"  accepted: {accepted[f.name]}" if f.name in accepted and not f.met else ""
        print(f"{'':44} {f.unit:>12}{reason}")
    found = complaints(figures, accepted, whole=whole)
    print("".join(f"\n{said}" for said in found))
    rows = json.dumps([asdict(f) for f in figures], ensure_ascii=False, indent=2)
    (folder / "results.json").write_text(rows + "\n", encoding="utf-8")
    return not found


def complaints(figures: list[Figure], accepted: dict[str, str], *, whole: bool) -> list[str]:
    """What is not as it should be, a sentence each. `whole`: what is not among the figures does
    not exist."""
    found = [f"{f.name}: missed" for f in figures if not f.met and f.name not in accepted]
    found += [f"{f.name}: met again, take it out" for f in figures if f.met and f.name in accepted]
    if whole:
        unknown = accepted.keys() - {f.name for f in figures}
        found += [f"{name}: accepted, but there is no such figure" for name in sorted(unknown)]
    found += [f"{name}: accepted without a reason" for name, why in accepted.items() if not why]
    return found


def machine() -> str:
    """The machine in one line."""
    from workflow.storage import sqlite_module

    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    sqlite = sqlite_module().sqlite_version
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}, SQLite {sqlite}"
