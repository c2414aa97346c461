"""The pinned dependencies, for the machines that offices have."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.markers import Marker

LOCK = Path(__file__).parents[1] / "requirements.lock"
PINNED = re.compile(r"^(?P<name>[a-z0-9_.-]+)==\S+(?: ; (?P<marker>[^\\]+))?", re.M)
LINUX = {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"}


def installed_on(machine: str) -> set[str]:
    here = {**LINUX, "platform_machine": machine, "python_version": "3.11"}
    found = set()
    for one in PINNED.finditer(LOCK.read_text(encoding="utf-8")):
        marker = one["marker"]
        if not marker or Marker(marker.strip()).evaluate(here):
            found.add(one["name"])
    return found


def test_the_mended_sqlite_is_asked_for_only_where_it_can_be_had() -> None:
    """Its wheels are for x86_64 alone; elsewhere it would have to be compiled."""
    assert "pysqlite3" in installed_on("x86_64")
    assert installed_on("x86_64") - installed_on("aarch64") == {"pysqlite3"}


@pytest.mark.slow
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_lock_is_met_by_wheels_alone_with_glibc_2_28(machine: str, tmp_path: Path) -> None:
    """Nothing is compiled on such a machine. Asks the package index, as set-up does, for what there
    is, and downloads no wheel."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-deps"]
    command += ["--python-version", "3.11", "--python-platform", f"{machine}-manylinux_2_28"]
    command += ["--only-binary", ":all:", str(LOCK), "-o", str(tmp_path / "resolved.txt")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if "Failed to fetch" in done.stderr or "error sending request" in done.stderr:
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
