"""Runs every measurement, bounded in count; exits 1 if a goal is missed that is not accepted so."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench import importing, mailing, perform, strangers, tick, web
from bench.measure import Figure, publish

MEASUREMENTS = {
    "perform": perform,
    "tick": tick,
    "import": importing,
    "mailing": mailing,
    "web": web,
    "strangers": strangers,
}


def main() -> int:
    chosen = sys.argv[1:] or list(MEASUREMENTS)
    figures: list[Figure] = []
    for name in chosen:
        print(f"measuring {name} ...", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            found = MEASUREMENTS[name].measure(Path(folder))
            figures += [found] if isinstance(found, Figure) else found
    whole = set(chosen) == set(MEASUREMENTS)
    return 0 if publish(figures, Path(__file__).parent, whole=whole) else 1


if __name__ == "__main__":
    raise SystemExit(main())
