"""A backup comes back as it was, into either kind of database, or not at all."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select
from stories import AT, CLERK, FILING, Desk

from config.rulebook import Rulebook, reread
from states.terms import Action
from workflow.backup import restoring
from workflow.backup.archive import MANIFEST, BackupRefused
from workflow.backup.mark import MARK, half_restored
from workflow.backup.restoring import NotVerified, Place, Restored, restore
from workflow.backup.taking import keys_beside, take
from workflow.database import Database
from workflow.deeds import Deed
from workflow.engine import perform
from workflow.installation_key import key_path, make_key, read_secret
from workflow.mail.halt import RESTORED, halted
from workflow.migrations import REVISION, upgrade
from workflow.papers import path_of, store_bytes
from workflow.refresh import refresh
from workflow.tables import PROJECT
from workflow.verify import verify


@dataclass
class Installation:
    """A data folder with papers and rules of its own, and its database."""

    folder: Path
    desk: Desk

    def backup(self, name: str = "backup.zip") -> Path:
        target = self.folder.parent / name
        take(self.desk.db, self.folder, target, at=AT)
        return target

    def content(self) -> dict[str, object]:
        """All rows but what says that mail is halted, and all files that an office has."""
        rows = dict(self.desk.rows())
        rows["setting"] = [row for row in rows["setting"] if row.key != "mail.halt"]
        names = ("papers", "policies", "calendars")
        files = {p: p.read_bytes() for n in names for p in (self.folder / n).rglob("*.*")}
        return {"rows": rows, "files": files}


@pytest.fixture
def here(db: Database, book: Rulebook, tmp_path: Path) -> Installation:
    folder = tmp_path / "data"
    for name in ("papers", "policies", "calendars"):
        (folder / name).mkdir(parents=True)
    shutil.copy("config/policies/fujian-2025.toml", folder / "policies")
    with (folder / "policies" / "fujian-2025.toml").open("ab") as file:
        file.write(b"\n# of this office\n")
    make_key(folder)
    if db.is_sqlite:  # where an installation has it
        db.close()
        shutil.move(tmp_path / "yanxiu.db", folder / "yanxiu.db")
        db = Database(f"sqlite:///{folder / 'yanxiu.db'}")
    desk = Desk(db, reread(folder))
    number = desk.admit(state="planned", number=7)
    paper = store_bytes(folder / "papers", "方案.pdf", "内容".encode())
    deed = Deed(Action.FILE, CLERK, {}, dict.fromkeys(FILING, paper), date(2025, 4, 10))
    perform(db, desk.book, number, deed, today=date(2025, 4, 10), at=AT)
    refresh(db, desk.book)
    assert desk.complaints() == []
    return Installation(folder, desk)


def put_back(
    file: Path, folder: Path, url: str = "", *, replace: bool = False, **how: object
) -> Restored:
    place = Place(folder, url or f"sqlite:///{folder / 'yanxiu.db'}")
    given: dict[str, object] = {"keys": None, "at": AT} | how
    return restore(file, place, replace=replace, **given)  # type: ignore[arg-type]


def opened(folder: Path, url: str = "") -> Installation:
    db = Database(url or f"sqlite:///{folder / 'yanxiu.db'}")
    return Installation(folder, Desk(db, reread(folder)))


def untouched(folder: Path) -> bool:
    return not folder.exists() or list(folder.iterdir()) == []


# -- There and back -------------------------------------------------------------------------------


def test_all_of_it_comes_back_and_its_mail_is_halted(here: Installation, tmp_path: Path) -> None:
    """From either database into a file, proven by verify."""
    file, elsewhere = here.backup(), tmp_path / "elsewhere"
    done = put_back(file, elsewhere)
    assert (done.projects, done.papers, done.aside, done.keys) == (1, 1, None, True)
    assert done.problems == ()
    back = opened(elsewhere)
    assert back.content()["rows"] == here.content()["rows"]
    assert list(verify(back.desk.db, back.desk.book, elsewhere / "papers")) == []
    assert (elsewhere / "policies" / "fujian-2025.toml").read_bytes().endswith(b"office\n")
    assert read_secret(elsewhere) == read_secret(here.folder)
    with back.desk.db.read() as connection:
        found = halted(connection)
    assert found is not None and found.why == RESTORED
    assert {path.stat().st_mode & 0o077 for path in elsewhere.rglob("*")} == {0}
    assert not [path for path in elsewhere.iterdir() if path.name.startswith(".")]


def test_it_goes_into_either_kind_of_database(here: Installation, tmp_path: Path) -> None:
    """In the place of what is there, in one transaction; new rows are numbered on."""
    file = here.backup()
    before = here.content()
    other = here.desk.admit(name="之后的班")
    url = here.desk.db.url.render_as_string(hide_password=False)
    here.desk.db.close()
    done = put_back(file, here.folder, url, replace=True)
    back = opened(here.folder, url)
    assert back.content()["rows"] == before["rows"]
    assert back.desk.complaints() == []
    assert back.desk.admit(name="再之后的班") == other
    assert done.aside is not None and (done.aside / "policies").is_dir()
    assert (done.aside / "yanxiu.db").exists() == back.desk.db.is_sqlite


def test_a_backup_is_taken_while_others_write(here: Installation, tmp_path: Path) -> None:
    """It shows one moment: all events of a step, or none."""
    stop, count = Event(), 0

    def write() -> None:
        nonlocal count
        while not stop.is_set():
            here.desk.admit(name=f"第{count}班")
            count += 1

    writer = Thread(target=write)
    writer.start()
    try:
        while count < 3 and writer.is_alive():
            pass
        files = [here.backup(f"{n}.zip") for n in range(3)]
    finally:
        stop.set()
        writer.join()
    found = [put_back(file, tmp_path / file.stem) for file in files]
    assert [done.problems for done in found] == [(), (), ()]
    assert 1 < found[0].projects <= found[2].projects <= count + 1


def test_a_backup_overwrites_nothing_and_leaves_nothing_behind(here: Installation) -> None:
    file = here.backup()
    before = file.read_bytes()
    with pytest.raises(BackupRefused, match="overwrites none"):
        here.backup()
    assert file.read_bytes() == before and file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(OSError, match="nowhere"):
        take(here.desk.db, here.folder, here.folder.parent / "nowhere" / "b.zip", at=AT)
    left = {path.name for path in here.folder.parent.iterdir() if path.is_file()}
    assert left == {"backup.zip", "backup.zip.keys"}


def test_keys_of_a_backup_that_was_killed_are_in_nobodys_way(here: Installation) -> None:
    file = here.backup()
    file.unlink()
    assert here.backup() == file
    file.unlink()
    (file.parent / "backup.zip.keys").write_text("{}")  # of something else
    with pytest.raises(BackupRefused, match="overwrites none"):
        here.backup()


def test_what_a_killed_backup_left_is_cleared_away_by_a_later_one(here: Installation) -> None:
    """It holds what people told the office. What may still be under way, and others' files, stay."""
    folder, mark = here.folder.parent, "0123456789abcdef"
    left = [folder / f".{mark}.{end}" for end in ("db", "db-journal", "part")]
    kept = [folder / f".{mark[::-1]}.part", folder / ".notes.part"]
    for path in (*left, *kept):
        path.touch()
    for path in (*left, kept[1]):
        os.utime(path, (AT.timestamp() - 90_000,) * 2)
    here.backup()
    assert [path.exists() for path in (*left, *kept)] == [False] * 3 + [True] * 2


def test_keys_are_apart_and_belong_together(here: Installation, tmp_path: Path) -> None:
    file, secret = here.backup(), read_secret(here.folder)
    assert secret is not None
    for hidden in (secret, secret.hex().encode()):
        assert hidden not in file.read_bytes()
    keys = keys_beside(file)
    away = keys.rename(tmp_path / "safe.keys")
    assert put_back(file, tmp_path / "without").keys is False
    assert put_back(file, tmp_path / "with", keys=away).keys is True
    told = json.loads(away.read_bytes()) | {"key": "00" * 32}
    away.write_text(json.dumps(told))
    with pytest.raises(BackupRefused, match="do not belong"):
        put_back(file, tmp_path / "wrong", keys=away)
    assert untouched(tmp_path / "wrong")


def test_what_is_there_is_not_replaced_unasked(here: Installation, tmp_path: Path) -> None:
    file = here.backup()
    put_back(file, tmp_path / "there")
    with pytest.raises(BackupRefused, match="--replace"):
        put_back(file, tmp_path / "there")


def test_an_older_backup_is_brought_to_this_version(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    db = Database(f"sqlite:///{folder / 'yanxiu.db'}")
    upgrade(db)
    take(db, folder, tmp_path / "old.zip", at=AT)
    db.close()
    old = Database(f"sqlite:///{tmp_path / 'first.db'}")
    upgrade(old, "0008")
    old.close()
    sqlite3.connect(tmp_path / "first.db").execute("PRAGMA journal_mode=DELETE")
    content = (tmp_path / "first.db").read_bytes()
    file = rewritten(tmp_path / "old.zip", {"yanxiu.db": content}, revision="0008")
    put_back(file, tmp_path / "new")
    assert opened(tmp_path / "new").desk.complaints() == []


# -- Files that are refused -----------------------------------------------------------------------


def rewritten(file: Path, members: dict[str, bytes], **about: object) -> Path:
    """The same backup with other members, whose manifest agrees with them."""
    from hashlib import sha256

    target = file.with_name(f"rewritten-{file.name}")
    with zipfile.ZipFile(file) as source:
        content = {name: source.read(name) for name in source.namelist()} | members
    told = json.loads(content.pop(MANIFEST)) | about
    told["files"] = {name: [sha256(raw).hexdigest(), len(raw)] for name, raw in content.items()}
    with zipfile.ZipFile(target, "w") as out:
        for name, raw in content.items():
            out.writestr(name, raw)
        out.writestr(MANIFEST, json.dumps(told))
    return target


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def flipped(raw: bytes) -> bytes:
    middle = len(raw) // 3
    return raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (cut, "cut off"),
        (lambda raw: raw[:-1], "cut off"),
        (lambda raw: raw[:40], "cut off"),
        (flipped, "damaged"),
        (lambda raw: b"", "no backup of this system"),
        (lambda raw: b"%PDF-1.7\n" + raw[9:200], "no backup of this system"),
        (lambda raw: raw.replace(b"yanxiu-backup", b"xanyiu-backup"), "restored"),
    ],
)
def test_a_damaged_cut_or_foreign_file_is_refused_in_one_sentence(
    here: Installation, tmp_path: Path, harm: Callable[[bytes], bytes], said: str
) -> None:
    file, folder = here.backup(), tmp_path / "into"
    file.write_bytes(harm(file.read_bytes()))
    with pytest.raises(BackupRefused, match=said) as refused:
        put_back(file, folder)
    assert refused.value.text.zh.count("。") == 1
    assert untouched(folder)


@pytest.mark.parametrize("every", range(0, 100, 7))
def test_a_byte_that_changed_anywhere_is_found(
    here: Installation, tmp_path: Path, every: int
) -> None:
    """Either it is refused, or it was in a place that says nothing (a date of the zip)."""
    file, folder = here.backup(), tmp_path / "into"
    raw = bytearray(file.read_bytes())
    raw[len(raw) * every // 100] ^= 0xFF
    file.write_bytes(raw)
    try:
        assert put_back(file, folder).problems == ()
    except BackupRefused:
        assert untouched(folder)


def test_another_zip_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.xlsx"
    with zipfile.ZipFile(file, "w") as out:
        out.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(BackupRefused, match="no backup of this system"):
        put_back(file, tmp_path / "into")


HOSTILE = (
    "../outside",
    "/etc/cron.d/x",
    "papers/../../outside",
    "papers/ab/../../../outside",
    "policies/../../x.toml",
    "policies/.hidden.toml",
    "policies/a/b.toml",
    "policies\\x.toml",
    "keys/feed.key",
    "sent/2025.log",
    "restoring",
    f"papers/ab/{'0' * 64}",
    f"papers/00/{'0' * 64}",
    "yanxiu.db-wal",
    "policies/x\n.toml",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_member_that_we_would_not_write_is_refused(tmp_path: Path, name: str) -> None:
    file = rewritten(simple(tmp_path), {name: b"x"})
    with pytest.raises(BackupRefused):
        put_back(file, tmp_path / "into")
    assert untouched(tmp_path / "into")
    assert not (tmp_path / "outside").exists()


def simple(tmp_path: Path) -> Path:
    """A backup of an empty installation."""
    folder, file = tmp_path / "empty", tmp_path / "simple.zip"
    folder.mkdir()
    db = Database(f"sqlite:///{folder / 'yanxiu.db'}")
    upgrade(db)
    take(db, folder, file, at=AT)
    db.close()
    return file


def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    """We pack nothing, so whatever is packed is not ours; and no two members share their bytes."""
    file = simple(tmp_path)
    with zipfile.ZipFile(file) as source:
        content = {name: source.read(name) for name in source.namelist()}
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        for name, raw in content.items():
            out.writestr(name, raw)
    with pytest.raises(BackupRefused, match="not written by this system"):
        put_back(bomb, tmp_path / "into")
    twice = tmp_path / "twice.zip"
    shutil.copy(file, twice)
    with zipfile.ZipFile(twice, "a") as out, pytest.warns(UserWarning, match="Duplicate"):
        out.writestr("yanxiu.db", b"x")
    with pytest.raises(BackupRefused, match="not written by this system"):
        put_back(twice, tmp_path / "into")
    assert untouched(tmp_path / "into")


@pytest.mark.parametrize("about", [{"revision": "9999"}, {"version": 2}, {"revision": ""}])
def test_a_newer_backup_says_that_the_program_is_too_old(
    tmp_path: Path, about: dict[str, object]
) -> None:
    file = rewritten(simple(tmp_path), {}, **about)
    with pytest.raises(BackupRefused, match="upgrade this program first"):
        put_back(file, tmp_path / "into")
    assert untouched(tmp_path / "into")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER t AFTER INSERT ON person BEGIN DELETE FROM event; END",
        "CREATE VIEW v AS SELECT 1",
        "DROP TABLE person",
        "UPDATE alembic_version SET version_num = '9999'",
        "DELETE FROM alembic_version",
    ],
)
def test_a_database_that_is_not_ours_is_refused(tmp_path: Path, sql: str) -> None:
    file, copy = simple(tmp_path), tmp_path / "copy.db"
    with zipfile.ZipFile(file) as source:
        copy.write_bytes(source.read("yanxiu.db"))
    connection = sqlite3.connect(copy)
    connection.execute(sql)
    connection.commit()
    connection.close()
    file = rewritten(file, {"yanxiu.db": copy.read_bytes()})
    with pytest.raises(BackupRefused):
        put_back(file, tmp_path / "into")
    assert untouched(tmp_path / "into")


def test_no_database_at_all_is_refused(tmp_path: Path) -> None:
    for raw in (b"", b"no database", os.urandom(5000)):
        file = rewritten(
            simple(tmp_path) if not (tmp_path / "empty").exists() else tmp_path / "simple.zip",
            {"yanxiu.db": raw},
        )
        with pytest.raises(BackupRefused):
            put_back(file, tmp_path / "into")
    assert untouched(tmp_path / "into")


def test_what_does_not_hold_together_is_put_back_only_on_purpose(
    here: Installation, tmp_path: Path
) -> None:
    """A paper was lost before the backup was taken: it may be the only one that there is."""
    [paper] = (path for path in (here.folder / "papers").rglob("*") if path.is_file())
    paper.unlink()
    file = here.backup()
    with pytest.raises(NotVerified) as found:
        put_back(file, tmp_path / "into")
    assert "lost its paper" in found.value.problems[0].en
    assert untouched(tmp_path / "into")
    done = put_back(file, tmp_path / "into", despite=True)
    assert done.problems == found.value.problems
    assert not path_of(tmp_path / "into" / "papers", paper.name).exists()


# -- Killed in the middle -------------------------------------------------------------------------


class Killed(BaseException):
    """As a kill: nothing cleans up after it but what the next start does."""


@pytest.mark.parametrize("moves", range(8))
def test_whoever_is_killed_while_things_change_places_restores_again(
    tmp_path: Path, book: Rulebook, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    """At every move: either nothing has changed, or a mark stands there until it is all in place."""
    folder = tmp_path / "data"
    (folder / "policies").mkdir(parents=True)
    shutil.copy("config/policies/fujian-2025.toml", folder / "policies")
    db = Database(f"sqlite:///{folder / 'yanxiu.db'}")
    upgrade(db)
    make_key(folder)
    here = Installation(folder, Desk(db, reread(folder)))
    here.desk.admit()
    store_bytes(folder / "papers", "a", b"a")
    refresh(db, here.desk.book)
    file = here.backup()
    rows = here.content()["rows"]
    here.desk.admit(name="之后的班")
    db.close()
    done = 0

    def move(
        path: Path, target: Path, real: Callable[[Path, Path], None] = restoring._move
    ) -> None:
        nonlocal done
        if done == moves:
            raise Killed
        done += 1
        real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_move", move)
        try:
            put_back(file, folder, replace=True)
        except Killed:
            assert half_restored(folder)
            assert (folder / MARK).read_text().startswith("replaced-")
    put_back(file, folder, replace=not half_restored(folder))
    back = opened(folder)
    assert back.content()["rows"] == rows and back.desk.complaints() == []
    assert not half_restored(folder)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    kept = [path for aside in folder.glob("replaced-*") for path in aside.glob("yanxiu.db")]
    names: set[str] = set()
    for path in kept:  # what was there is still there
        with Database(f"sqlite:///{path}").read() as connection:
            names |= set(connection.execute(select(PROJECT.c.name)).scalars())
    assert "之后的班" in names
    assert REVISION and key_path(folder).exists()
