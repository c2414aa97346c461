"""Puts together what a command needs: settings, clock, rules, database, printer."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from time import monotonic, sleep
from typing import TYPE_CHECKING, TypeVar

from cli.clock import Clock
from cli.output import Printer
from config.settings import Settings, load_settings
from states.terms import Text
from workflow.storage import AWAY, BUSY, CROWDED, DatabaseProblem

if TYPE_CHECKING:
    from config.rulebook import Rulebook
    from workflow.database import Database


Result = TypeVar("Result")


class Stop(Exception):
    """Ends a command with a sentence, and with an exit code (cli/output.py)."""

    def __init__(self, text: Text, code: int, data: object = None) -> None:
        self.text, self.code, self.data = text, code, data
        super().__init__(text.en)


class Office:
    """One per command; everything is opened only when it is first used."""

    def __init__(self, as_json: bool, *, waits: bool = False) -> None:
        self.waits = waits  # for a database that comes up later than this process
        self.settings: Settings = load_settings()
        self.printer = Printer(self.settings.language, as_json)
        if self.settings.today:
            if not 1990 <= self.settings.today.year < 2200:
                raise Stop(FAR.format(day=self.settings.today), 2)
            moved = MOVED.format(day=self.settings.today.isoformat())
            self.printer.message(moved)
        self.clock = Clock.starting(self.settings.today)

    @cached_property
    def book(self) -> Rulebook:
        from config.rulebook import rulebook

        return rulebook(self.settings.data_dir)

    @cached_property
    def db(self) -> Database:
        """The database at its newest revision; Stop with what to do otherwise."""
        from workflow.backup.mark import HALF, half_restored
        from workflow.database import Database
        from workflow.migrations import is_current

        if half_restored(self.settings.data_dir):
            raise Stop(HALF.format(folder=self.settings.data_dir), 1)
        path = self.settings.data_dir / "yanxiu.db"
        if not self.settings.database_url and not path.exists():
            raise Stop(NOT_INITIALISED.format(path=path), 1)
        db = Database(self.settings.url)
        if not self.waiting_for(lambda: is_current(db)):
            raise Stop(OTHER_REVISION, 1)
        return db

    def waiting_for(self, work: Callable[[], Result]) -> Result:
        """What `work` gives; while the database is away or busy, it is tried again for a while
        where this process may have come up first."""
        end, told = monotonic() + WAIT_SECONDS, False
        while True:
            try:
                return work()
            except DatabaseProblem as problem:
                if not self.waits or problem.text not in PASSING or monotonic() > end:
                    raise
                if not told:
                    self.printer.message(WAITING.format(why=problem.text, most=WAIT_SECONDS))
                    told = True
            sleep(AGAIN_SECONDS)


WAIT_SECONDS, AGAIN_SECONDS = 60, 1.0
PASSING = (AWAY, BUSY, CROWDED)  # what ends without anybody's doing
WAITING = Text(
    "{why}正在等待数据库，最多{most}秒……",
    "{why} Waiting for the database, {most} seconds at most …",
)
FAR = Text(
    "YANXIU_TODAY {day} 的年份不合理，请核对。", "YANXIU_TODAY {day}: the year cannot be right."
)
MOVED = Text("（演示时钟：今天按 {day} 计）", "(demonstration clock: today is {day})")
NOT_INITIALISED = Text(
    "还没有数据库（{path}），请先运行 yanxiu init，或用 YANXIU_DATA_DIR 指明数据目录。",
    "There is no database at {path}; run `yanxiu init` first, or set YANXIU_DATA_DIR.",
)
OTHER_REVISION = Text(
    "数据库结构与本版本不一致，请运行 yanxiu init 升级。",
    "The database is of another version; run `yanxiu init` to upgrade it.",
)
