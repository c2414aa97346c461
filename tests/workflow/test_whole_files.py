"""A file is whole, its owner's alone, and never written through what somebody planted."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from workflow.whole_files import write_whole


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Somebody else's file, which no link may reach."""
    path = tmp_path / "elsewhere"
    path.write_bytes(b"precious")
    path.chmod(0o644)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "out"
    path.mkdir()
    return path


def test_it_is_written_and_replaced_for_its_owner_alone(folder: Path) -> None:
    path = folder / "a.ics"
    path.write_bytes(b"old")
    path.chmod(0o666)
    before = os.umask(0)
    try:
        write_whole(path, b"new")
    finally:
        os.umask(before)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(folder.iterdir()) == [path]


def test_no_link_is_followed(folder: Path, elsewhere: Path) -> None:
    path = folder / "a.ics"
    path.symlink_to(elsewhere)
    for name in (".a.ics.part", "a.ics.part"):  # as names that can be guessed once were
        (folder / name).symlink_to(elsewhere)
    with pytest.raises(OSError, match=r"a\.ics"):
        write_whole(path, b"new")
    write_whole(folder / "b.ics", b"new")
    assert elsewhere.read_bytes() == b"precious"
    assert path.is_symlink()


def test_a_hard_link_is_left_behind(folder: Path, elsewhere: Path) -> None:
    path = folder / "a.ics"
    path.hardlink_to(elsewhere)
    write_whole(path, b"new")
    assert (path.read_bytes(), elsewhere.read_bytes()) == (b"new", b"precious")


def test_folders_pipes_and_missing_places_are_refused_by_name(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for path in (folder, folder / "pipe", folder / "none" / "a", folder / "pipe" / "a"):
        with pytest.raises(OSError) as refused:
            write_whole(path, b"new")
        assert refused.value.filename == str(path)
    assert [path.name for path in folder.iterdir()] == ["pipe"]


def test_nothing_is_left_of_what_could_not_be_written(folder: Path) -> None:
    with pytest.raises(TypeError):
        write_whole(folder / "a", "text")  # type: ignore[arg-type]
    assert list(folder.iterdir()) == []
