"""What the clockwork's checks say, for the command and the page alike."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from stories import AT, Desk

from notifications.watch.clock_guard import ClockAlarm, raise_alarm
from notifications.watch.heartbeat import Heartbeat
from notifications.watch.standing import QUIET, Check, clockwork, holidays
from states.calendar import WorkCalendar
from states.refusal import Reason
from workflow.mail.addresses import tell_administrators


def found(desk: Desk, after: timedelta = timedelta()) -> dict[str, Check]:
    with desk.db.read() as connection:
        return {one.key: one for one in clockwork(connection, Path("nowhere"), AT + after)}


def test_an_office_whose_worker_never_ran_is_told(desk: Desk) -> None:
    said = found(desk)
    wells = {key: one.well for key, one in said.items()}
    assert wells == {"clock": True, "worker": False, "halt": True, "sending": True, "mail": True}
    assert "不会发出提醒" in said["worker"].said.zh


@pytest.mark.parametrize(("after", "well"), [(QUIET, True), (QUIET + timedelta(seconds=1), False)])
def test_a_worker_is_missed_after_a_while(desk: Desk, after: timedelta, well: bool) -> None:
    Heartbeat(desk.db, lambda: AT, lambda: 0.0, 1).store()
    worker = found(desk, after)["worker"]
    assert worker.well is well and ("已停止" in worker.said.zh) is not well


def test_a_held_clock_is_told(desk: Desk) -> None:
    with desk.db.write() as connection:
        raise_alarm(connection, ClockAlarm(AT, AT, AT, 0.0, ""))
    clock = found(desk)["clock"]
    assert not clock.well and "已停止提醒和发信" in clock.said.zh


def test_mail_that_many_refuse_is_told_for_some_days(desk: Desk) -> None:
    """The alarm about it goes by the same mail."""
    with desk.db.write() as connection:
        emails = [f"h{n}@example.cn" for n in range(20)]
        tell_administrators(connection, Reason.CONTENT, emails, said="554 spam", at=AT)
    sending = found(desk, timedelta(days=2))["sending"]
    assert not sending.well and "20个邮箱以同一原因退回或拒收邮件：内容被拦截" in sending.said.zh
    assert found(desk, timedelta(days=4))["sending"].well


def test_holidays_of_the_year(desk: Desk) -> None:
    known: WorkCalendar = desk.book.calendar
    assert holidays(known, date(2025, 10, 1)).well
    later = holidays(known, date(2031, 10, 1))
    assert not later.well and "没有2031年安排" in later.said.zh


@pytest.mark.parametrize(
    ("today", "well"), [("2026-10-31", True), ("2026-11-01", False), ("2026-12-31", False)]
)
def test_from_november_on_the_next_years_holidays_are_missed(
    desk: Desk, today: str, well: bool
) -> None:
    """When the State Council announces them; deadlines of January already need them."""
    found = holidays(desk.book.calendar, date.fromisoformat(today))
    assert (found.well, "还没有2027年放假安排" in found.said.zh) == (well, not well)
