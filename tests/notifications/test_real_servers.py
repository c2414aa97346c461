"""Our mail through a real Postfix, and what it returned out of a real Dovecot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from desk import Desk, HandClock
from posting import DAY, five_past, standing
from real_exim import real_exim
from real_servers import OURS, RealServers, real_servers, until
from sqlalchemy import text

from config.settings import Settings
from notifications.returns.bounce_desk import collect
from notifications.sending.delivery import DeliveryResult

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running() -> Iterator[RealServers]:
    with pytest.MonkeyPatch.context() as patch, real_servers(patch) as servers:
        yield servers


@pytest.fixture
def servers(running: RealServers) -> RealServers:
    running.empty()
    return running


@pytest.fixture
def clock() -> HandClock:
    return five_past()


def mails_to(desk: Desk, *names: str) -> None:
    """A reminder of the day to each."""
    hosts = [{"contact_email": f"{name}@example.cn", "host": f"单位{name}"} for name in names]
    desk.plan(*hosts)
    assert desk.sweep(DAY).mails == len(names)


def send(desk: Desk, servers: RealServers, clock: HandClock, **changes: Any) -> DeliveryResult:
    settings = {n: v for n, v in servers.settings.items() if not n.startswith("imap")} | changes
    return desk.delivery(servers.ports["relay"], clock, **settings).run()


def returned(desk: Desk, servers: RealServers, clock: HandClock, count: int) -> None:
    """Read the mailbox once so many reports lie in it."""
    until(lambda: len(servers.mails("yanxiu")) >= count)
    clock.forward(minutes=5)
    collect(desk.db, Settings(**servers.settings), at=clock.now)  # type: ignore[arg-type]


def stopped(desk: Desk) -> list[str]:
    with desk.db.read() as connection:
        return list(connection.execute(text("SELECT email FROM address")).scalars())


def test_mail_arrives_encrypted_and_with_a_login(
    quick_desk: Desk, servers: RealServers, clock: HandClock
) -> None:
    mails_to(quick_desk, "h01", "h02", "h03")
    assert send(quick_desk, servers, clock, smtp_password="wrong").sent == 0
    found = standing(quick_desk)
    assert found is not None and found.kind == "password"
    clock.forward(minutes=1)
    assert send(quick_desk, servers, clock, smtp_security="none").sent == 0
    found = standing(quick_desk)
    assert found is not None and found.kind in ("plain", "no_login")
    clock.forward(minutes=1)
    assert send(quick_desk, servers, clock) == DeliveryResult(sent=3)
    until(lambda: len(servers.mails("arrived")) == 3)
    assert sorted(servers.mails("arrived")) == sorted(
        f"<{token}@example.cn>" for token in quick_desk.mails("token")
    )
    assert servers.mails("yanxiu") == []


def test_what_bounces_after_it_was_taken_is_read_back(
    quick_desk: Desk, servers: RealServers, clock: HandClock
) -> None:
    """Only the mailbox that does not exist is stopped; the forward is told; the rest goes on."""
    quick_desk.staff()
    mails_to(quick_desk, "gone", "full", "spam", "forward", "h02")
    assert send(quick_desk, servers, clock) == DeliveryResult(sent=5)
    returned(quick_desk, servers, clock, 4)
    assert dict(quick_desk.mails("to_email", "reason", purpose="reminder")) == {
        **dict.fromkeys([f"{name}@example.cn" for name in ("gone", "full", "spam")], "bounced"),
        **dict.fromkeys(["forward@example.cn", "h02@example.cn"], ""),
    }
    assert stopped(quick_desk) == ["gone@example.cn"]
    alarms = quick_desk.mails("key", purpose="alarm")
    assert sorted(key.split(":")[1] for key in alarms) == [
        "bounced",
        "bounced",
        "forward",
        "marked",
    ]
    until(lambda: len(servers.mails("arrived")) == 2)


def test_exim_reports_each_failure_alike_and_is_read_by_its_words(
    quick_desk: Desk, servers: RealServers, clock: HandClock
) -> None:
    """Issue 11, line 4: its reports all say 5.0.0; the words of the server behind it decide."""
    quick_desk.staff()
    mails_to(quick_desk, "gone", "full", "spam", "h02")
    with real_exim(servers) as port:
        given = {"smtp_port": port, "smtp_security": "none", "smtp_username": ""}
        assert send(quick_desk, servers, clock, **given) == DeliveryResult(sent=4)
        until(lambda: len(servers.mails("arrived")) == 1 and len(servers.mails("yanxiu")) == 3)
    reports = [file.read_text() for file in (servers.home / "mail" / "yanxiu" / "new").iterdir()]
    assert len(reports) == 3
    for report in reports:
        assert "X-Failed-Recipients: " in report and "\nStatus: 5.0.0\n" in report
    returned(quick_desk, servers, clock, 3)
    assert dict(quick_desk.mails("to_email", "reason", purpose="reminder")) == {
        **dict.fromkeys([f"{name}@example.cn" for name in ("gone", "full", "spam")], "bounced"),
        "h02@example.cn": "",
    }
    assert stopped(quick_desk) == ["gone@example.cn"]
    alarms = quick_desk.mails("key", purpose="alarm")
    assert sorted(key.split(":")[1] for key in alarms) == ["bounced", "bounced", "marked"]


def test_greylisting_puts_each_mail_off_once(
    quick_desk: Desk, servers: RealServers, clock: HandClock
) -> None:
    servers.greylists = True
    mails_to(quick_desk, "h01", "h02", "h03")
    assert send(quick_desk, servers, clock) == DeliveryResult(failed=3)
    assert set(quick_desk.mails("status", "attempts")) == {("failed", 0)}
    found = standing(quick_desk)
    assert found is not None and found.kind == "later"
    clock.forward(minutes=5)
    assert send(quick_desk, servers, clock) == DeliveryResult(sent=3)
    until(lambda: len(servers.mails("arrived")) == 3)


def test_a_server_that_limits_the_rate_gets_all_in_the_end(
    quick_desk: Desk, servers: RealServers, clock: HandClock
) -> None:
    """It refuses at MAIL, which is nobody's fault; no mail is charged an attempt for it."""
    mails_to(quick_desk, *(f"h{n:02d}" for n in range(1, 9)))
    given = {"smtp_port": servers.ports["slow"], "smtp_security": "none", "smtp_username": ""}
    rounds = []

    def all_sent() -> bool:
        rounds.append(send(quick_desk, servers, clock, **given).sent)
        clock.forward(hours=1)
        return sum(rounds) == 8

    until(all_sent)
    assert max(rounds) <= 3
    assert set(quick_desk.mails("status", "attempts")) == {("sent", 1)}
    until(lambda: len(servers.mails("arrived")) == 8)


def test_a_restart_in_mid_run_loses_and_doubles_nothing(
    quick_desk: Desk, servers: RealServers, clock: HandClock
) -> None:
    mails_to(quick_desk, *(f"h{n:02d}" for n in range(1, 13)))
    asked = iter(range(100))

    def restarting() -> bool:
        if next(asked) == 6:  # between two mails: the connection breaks without a word
            servers.restart()
        return False

    settings = {n: v for n, v in servers.settings.items() if not n.startswith("imap")}
    delivery = quick_desk.delivery(servers.ports["relay"], clock, **settings)
    assert delivery.run(stop=restarting) == DeliveryResult(sent=12)
    until(lambda: len(servers.mails("arrived")) >= 12)
    assert len(set(servers.mails("arrived"))) == len(servers.mails("arrived")) == 12


def test_a_report_that_somebody_has_opened_is_read(
    quick_desk: Desk, servers: RealServers, clock: HandClock
) -> None:
    mails_to(quick_desk, "gone")
    send(quick_desk, servers, clock)
    until(lambda: len(servers.mails("yanxiu")) == 1)
    [report] = (servers.home / "mail" / "yanxiu" / "new").iterdir()
    report.rename(report.parents[1] / "cur" / f"{report.name}:2,S")
    returned(quick_desk, servers, clock, 1)
    assert stopped(quick_desk) == ["gone@example.cn"]
    assert OURS not in stopped(quick_desk)
