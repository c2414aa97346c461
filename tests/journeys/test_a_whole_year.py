"""A year of the sample plan, played by jumps of days on both databases, mail and all.

Hosts act on time, late and never; the plan is issued again; people sign in by mail, one leaves;
mails come back; a backup is put back in mid-year and what was done since is entered again. After
each stage the record holds together, and nothing was mailed twice or to who had left.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

import openpyxl
import pytest
from autumn import autumn
from sqlalchemy import desc, func, select

from bench.web_office import SAMPLE
from cli.demo_people import enrol_people
from cli.demo_story import Lines, Teller, story
from config.rulebook import Rulebook, reread
from config.settings import Settings
from config.zone import SHANGHAI
from notifications.mailbox import Mailbox
from notifications.sending.recall import let_go
from notifications.worker import Worker
from workflow.accounts.leaving import disable
from workflow.accounts.links import LinkUse, make_link, use_link
from workflow.backup.restoring import Place, restore
from workflow.backup.taking import take
from workflow.database import Database
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import read_plan
from workflow.installation_key import make_key
from workflow.mail.addresses import clear_address, marked
from workflow.mail.desk import hold, release
from workflow.mail.halt import RESTORED, halted
from workflow.mail.outbox import queue_sign_in
from workflow.mail_tables import MAIL, REMINDER
from workflow.people import person_id
from workflow.tables import PROJECT
from workflow.verify import verify

RETURNED = Path(__file__).parents[1] / "notifications" / "returned"
FIRST, LAST = date(2025, 1, 2), date(2025, 12, 31)
REISSUED, LEFT, SAVED, LOST = (
    *(date(2025, 3, 3), date(2025, 6, 20)),
    *(date(2025, 8, 4), date(2025, 8, 19)),
)
GONE = "unit83@example.cn"  # a host's contact, whose class is in September, who leaves in June


@dataclass
class Year:
    """An installation with its worker and mailbox, and the day on which it stands."""

    db: Database
    folder: Path
    mailbox: Mailbox
    today: date = FIRST
    told: date | None = None
    book: Rulebook = field(init=False)

    def __post_init__(self) -> None:
        self.book = reread(self.folder)

    # -- Days --------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(9), SHANGHAI).astimezone(UTC)

    def go_to(self, day: date, chance: random.Random) -> None:
        """On by jumps of one to five days; each day on which somebody is there mail goes out."""
        while self.today < day:
            self.today = min(day, self.today + timedelta(days=chance.randint(1, 5)))
            self.tell()
            self.work()

    def tell(self) -> None:
        """What people have done since it was last told."""
        with self.db.write() as connection:
            teller = Teller(connection, self.book, self.folder, self.today)
            told = teller.tell(self.told, whole_story())
        assert told.refused == []
        self.told = self.today

    def work(self) -> None:
        """A round of the worker, shortly after."""
        troubles: list[tuple[str, object]] = []
        worker = Worker(
            *(self.db, self.book, self.settings),
            lambda: self.now + timedelta(minutes=2),
            lambda *said: troubles.append(said),
        )
        worker.once()
        assert [said for said in troubles if isinstance(said[1], Exception)] == []

    @property
    def settings(self) -> Settings:
        returned = self.folder / "returned"
        return Settings(
            data_dir=self.folder,
            smtp_port=self.mailbox.port,
            mail_from="研修项目管理系统 <yanxiu@example.cn>",
            base_url="https://yanxiu.example.cn",
            bounce_folder=returned if returned.exists() else None,
        )

    # -- What happens besides the story ----------------------------------------------------------

    def issue(self, path: Path, *, notify: bool) -> int:
        """Import a plan and perhaps tell the hosts that are new; how many are."""
        policy = self.book.policy("fujian-2025")
        how = {"today": self.today, "at": self.now}
        plan = read_plan(path, policy)
        done = apply_plan(self.db, self.book, policy, plan, notify=notify, **how)
        assert done.rejected == []
        return done.imported

    def sign_in(self, login: str) -> None:
        """Ask for a link, get it by mail, follow it."""
        with self.db.write() as connection:
            person = person_id(connection, login)
            assert person is not None
            secret = make_link(connection, person, LinkUse.SIGN_IN, at=self.now)
            link = f"https://yanxiu.example.cn/login#{secret}"
            queue_sign_in(connection, person, link, on=self.today, at=self.now)
        self.work()
        with self.db.write() as connection:
            at = self.now + timedelta(minutes=5)
            way = use_link(connection, secret, at=at)
        assert way is not None and way.person_id == person
        with self.db.read() as connection:
            its = select(MAIL.c.token).where(MAIL.c.purpose == "sign_in").order_by(desc(MAIL.c.id))
            token = connection.execute(its).scalars().first()
        assert [mail for mail in self.arrived() if str(token) in mail["Message-ID"]]

    def come_back(self, name: str, to: str) -> None:
        """A server's report about the last mail to an address."""
        with self.db.read() as connection:
            last = select(MAIL.c.token).where(MAIL.c.to_email == to, MAIL.c.status == "sent")
            token = connection.execute(last.order_by(desc(MAIL.c.sent_at))).scalars().first()
        assert token is not None
        raw = (RETURNED / f"{name}.eml").read_bytes().replace(b"TOKEN", token.encode())
        (self.folder / "returned").mkdir(exist_ok=True)
        (self.folder / "returned" / f"{name}.eml").write_bytes(raw)

    # -- What came of it --------------------------------------------------------------------------

    def arrived(self) -> list[Message]:
        files = sorted((self.mailbox.folder / "new").iterdir())
        return [BytesHeaderParser().parsebytes(path.read_bytes()) for path in files]

    def purposes(self, mails: Iterable[Message]) -> set[str]:
        names = [mail["Message-ID"].strip("<>").partition("@")[0] for mail in mails]
        with self.db.read() as connection:
            its = select(MAIL.c.purpose).where(MAIL.c.token.in_(names))
            return set(connection.execute(its).scalars())

    def statuses(self, mails: Iterable[int]) -> list[str]:
        with self.db.read() as connection:
            its = select(MAIL.c.status).where(MAIL.c.id.in_(list(mails)))
            return list(connection.execute(its).scalars())

    def reasons(self, email: str) -> set[str]:
        """Why reminders to an address stayed silent."""
        with self.db.read() as connection:
            its = select(REMINDER.c.reason).where(REMINDER.c.recipient == email)
            return set(connection.execute(its).scalars())

    def check(self) -> None:
        """The record holds together, and no mail has gone out under a name that had gone out."""
        papers = self.folder / "papers"
        assert [said.en for said in verify(self.db, self.book, papers)] == []
        names = [mail["Message-ID"] for mail in self.arrived()]
        assert len(names) == len(set(names))


def whole_story() -> Lines:
    told = [*story(), *((one.told_on, one) for one in autumn())]
    return sorted(told, key=lambda pair: pair[0])


@pytest.fixture
def year(db: Database, tmp_path: Path) -> Iterator[Year]:
    folder = tmp_path / "data"
    (folder / "papers").mkdir(parents=True)
    make_key(folder)
    if db.is_sqlite:  # where an installation has it
        db.close()
        shutil.move(tmp_path / "yanxiu.db", folder / "yanxiu.db")
        db = Database(f"sqlite:///{folder / 'yanxiu.db'}")
    with Mailbox(tmp_path / "mailbox") as mailbox:
        begun = Year(db, folder, mailbox)
        yield begun
        begun.db.close()


def reissue(folder: Path) -> Path:
    """The plan again: one class has other days, and there is one more."""
    workbook = openpyxl.load_workbook(SAMPLE)
    sheet = workbook.active
    rows = {row[0].value: row for row in sheet.iter_rows()}
    rows[17][6].value = "2025年11月13日-16日"
    more = "海上风电运维技术高级研修班", "省级高级研修普通项目", "自筹", "莆田示例海洋研究所"
    when = "省科技厅", "2025年10月21日-24日", "莆田市", 40, "联系人90", "unit90@example.cn"
    sheet.append([90, *more, *when])
    workbook.save(folder / "again.xlsx")
    return folder / "again.xlsx"


@pytest.mark.slow
def test_a_year_of_the_sample_plan(year: Year, tmp_path: Path) -> None:
    chance = random.Random(2025)
    people(year)
    assert year.issue(SAMPLE, notify=False) == 85  # the story tells them
    year.work()
    year.check()

    year.go_to(REISSUED, chance)
    assert year.issue(reissue(tmp_path), notify=True) == 1
    year.sign_in("unit01@example.cn")
    year.check()

    year.go_to(date(2025, 4, 7), chance)
    returned = {
        "postfix-unit01": "unit01@example.cn",
        "postfix-unit03": "unit03@example.cn",
        "exim-unit04": "unit04@example.cn",
    }
    for name, to in returned.items():
        year.come_back(name, to)
    year.work()
    with year.db.write() as connection:
        assert [row["email"] for row in marked(connection)] == ["unit01@example.cn"]
        clear_address(connection, "unit01@example.cn", by="province1", at=year.now)
    year.check()

    year.go_to(LEFT, chance)
    with year.db.write() as connection:
        person = person_id(connection, GONE)
        assert person is not None
        disable(connection, person, at=year.now)
    year.check()

    year.go_to(SAVED, chance)
    kept = tmp_path / "backup.zip"
    take(year.db, year.folder, kept, at=year.now)
    year.go_to(LOST, chance)
    year.check()
    back_from(year, kept, lost_since=SAVED)
    year.check()

    year.go_to(date(2025, 8, 24), chance)
    held_back(year)
    year.go_to(date(2025, 10, 10), chance)
    year.sign_in("province1")
    year.check()
    year.go_to(LAST, chance)
    year.check()

    theirs = [mail for mail in year.arrived() if mail["To"].endswith(f"<{GONE}>")]
    days = {parsedate_to_datetime(mail["Date"]).date() for mail in theirs}
    assert days and max(days) <= LEFT < LAST
    assert "disabled" in year.reasons(GONE)
    with year.db.read() as connection:
        left = connection.execute(
            select(PROJECT.c.state, func.count()).group_by(PROJECT.c.state)
        ).all()
    assert dict(map(tuple, left))["subsidised"] == 6


def people(year: Year) -> None:
    policy = year.book.policy("fujian-2025")
    plan = read_plan(SAMPLE, policy)
    with year.db.write() as connection:
        units = sorted({row.department for row in plan.rows if row.department})
        enrol_people(connection, units, at=year.now)


def back_from(year: Year, kept: Path, *, lost_since: date) -> None:
    """Put the backup in the place of what is there; nothing but links goes out until somebody
    has entered what was done since, and lets mail go on. What had gone out stays gone."""
    before = len(year.arrived())
    url = year.db.url.render_as_string(hide_password=False)
    year.db.close()
    restore(kept, Place(year.folder, url), replace=True, keys=None, at=year.now)
    year.db = Database(url)
    year.book = reread(year.folder)
    with year.db.read() as connection:
        found = halted(connection)
    assert found is not None and found.why == RESTORED
    year.told = lost_since
    year.tell()
    year.work()
    assert len(year.arrived()) == before
    year.sign_in("province2")
    assert len(year.arrived()) == before + 1
    with year.db.write() as connection:
        assert let_go(connection, year.folder, by="province2", at=year.now)
    year.work()
    # All that had gone out stays so; a digest counts from the last one that the backup knows.
    assert year.purposes(year.arrived()[before:]) == {"sign_in", "digest"}


def held_back(year: Year) -> None:
    """What is told of a class that gets new dates is held, waits, and goes when it is released."""
    year.today = date(2025, 8, 25)
    year.tell()
    with year.db.write() as connection:
        pending = select(MAIL.c.id).where(MAIL.c.status == "pending", MAIL.c.notice == "change")
        waiting = connection.execute(pending).scalars().all()
        for one in waiting:
            hold(connection, one, by="province1", note="待核对", at=year.now)
    year.work()
    assert year.statuses(waiting) == ["awaiting", "awaiting"]
    with year.db.write() as connection:
        for one in waiting:
            release(connection, one, by="province1", note="已核对", at=year.now)
    year.work()
    assert year.statuses(waiting) == ["sent", "sent"]
