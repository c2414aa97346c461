"""A database that was restored from an older copy sends nothing twice, on either database.

What was sent since stands in the journal beside it. Copies are taken and put back row by row, so
that both databases go through the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import FROM, Desk, HandClock, day, morning
from servers import Crooked
from sqlalchemy import delete, insert, select, update

from notifications.by_hand import export
from notifications.letters.drafts import Writer
from notifications.mailbox import Mailbox
from notifications.sending.delivery import DeliveryResult
from notifications.sending.journal import Journal, Sent, backwards
from notifications.sending.outside import delivering
from notifications.sending.recall import let_go, standing_halt
from states.terms import Role
from workflow.mail import desk as mail_desk
from workflow.mail.halt import OLDER, halted
from workflow.mail.outbox import queue_sign_in
from workflow.mail_tables import ATTEMPT, MAIL, SENT_BEFORE, MailStatus
from workflow.schema import metadata

DAY = "2025-08-15"  # a Friday; the step of the Sunday before the filing is due goes out
DATES = {
    **{"opens_earliest": "2025-09-20", "opens_latest": "2025-09-20"},
    "planned_ends": "2025-09-23",
}
Rows = dict[str, list[dict[str, Any]]]


@dataclass
class Machine:
    """A desk with a worker, its journal and its mailbox."""

    desk: Desk
    mailbox: Mailbox
    folder: Path
    clock: HandClock = field(default_factory=lambda: HandClock(morning(DAY) + timedelta(minutes=1)))

    def send(self, **settings: Any) -> DeliveryResult:
        given = {"data_dir": self.folder} | settings
        self.clock.forward(minutes=1)
        return self.desk.delivery(self.mailbox.port, self.clock, **given).run()

    def copy(self) -> Rows:
        with self.desk.db.read() as connection:
            return {
                table.name: [dict(row._mapping) for row in connection.execute(select(table))]
                for table in metadata.sorted_tables
            }

    def put_back(self, rows: Rows) -> None:
        with self.desk.db.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
            for table in metadata.sorted_tables:
                if rows[table.name]:
                    connection.execute(insert(table), rows[table.name])

    def let_go(self) -> bool:
        with self.desk.db.write() as connection:
            return let_go(connection, self.folder, by="wang", at=self.clock.now)

    def why(self) -> str:
        with self.desk.db.read() as connection:
            found = standing_halt(connection, self.folder, self.clock.now)
        return found.why if found else ""

    def received(self) -> list[str]:
        """The Message-IDs in the mailbox, in order of arrival."""
        files = sorted((self.mailbox.folder / "new").iterdir())
        return [_message_id(path.read_bytes()) for path in files]


def _message_id(raw: bytes) -> str:
    return raw.split(b"Message-ID: <")[1].split(b"@")[0].decode()


@pytest.fixture
def machine(desk: Desk, mailbox: Mailbox, tmp_path: Path) -> Machine:
    desk.staff()
    desk.plan(*(DATES | {"contact_email": f"u{n}@example.cn"} for n in range(30)))
    return Machine(desk, mailbox, tmp_path / "data")


def test_what_was_sent_since_is_not_sent_again(machine: Machine) -> None:
    """300 of 300 went out again, under new Message-IDs."""
    machine.desk.sweep(DAY)
    older = machine.copy()
    sent = machine.send().sent
    assert sent == 30 and machine.why() == ""
    tokens = sorted(machine.desk.mails("token"))
    machine.put_back(older)
    assert machine.why() == OLDER  # before any worker has seen it
    assert machine.send() == DeliveryResult()
    with machine.desk.db.read() as connection:
        assert halted(connection) is not None
    assert machine.let_go() and machine.why() == ""
    assert machine.send() == DeliveryResult(withheld=sent)
    assert set(machine.desk.mails("status", "reason")) == {("sent", "sent_before")}
    assert sorted(machine.desk.mails("token")) == tokens == sorted(machine.received())
    assert set(machine.desk.attempts("outcome")) == {"sent_before"}
    assert machine.desk.problems() == []
    assert machine.send() == DeliveryResult() and machine.why() == ""


def test_what_was_delivered_by_hand_since_is_not_mailed(machine: Machine, tmp_path: Path) -> None:
    """Issue 11, line 14: exported and marked, or recorded one by one; before any worker has run."""
    older = machine.copy()
    machine.desk.sweep(DAY)
    first, *others = machine.desk.mails("id")
    desk, at = machine.desk, machine.clock.now
    with delivering(machine.folder) as delivered, desk.db.write() as connection:
        mail_desk.by_hand(connection, first, by="wang", note="已电话告知", at=at)
        delivered.add(connection, first, at)
    writer = Writer(desk.book, FROM, "")
    how: dict[str, Any] = {"today": day(DAY), "at": at, "data_dir": machine.folder}
    done = export(desk.db, writer, tmp_path / "out", mark=True, by="wang", **how)
    assert len(done.files) == 1 + len(others) and done.refused == []
    assert machine.why() == ""  # the database knows its own
    assert machine.desk.problems() == []
    machine.put_back(older)
    assert machine.why() == OLDER
    machine.let_go()
    machine.desk.sweep(DAY)
    assert machine.send() == DeliveryResult(withheld=30)
    assert machine.received() == []
    assert machine.desk.problems() == []


def test_what_was_refused_is_not_in_the_journal(machine: Machine) -> None:
    machine.desk.sweep(DAY)
    machine.send()
    [path] = Journal(machine.folder).files()
    before = path.read_bytes()
    with (
        pytest.raises(mail_desk.MailRefused),
        delivering(machine.folder) as delivered,
        machine.desk.db.write() as connection,
    ):
        delivered.add(connection, 1, machine.clock.now)
        mail_desk.by_hand(connection, 1, by="", note="x", at=machine.clock.now)
    assert path.read_bytes() == before
    assert machine.why() == ""


def test_steps_that_the_copy_had_not_even_swept_are_not_announced_again(machine: Machine) -> None:
    """Nor on a later day, when they would be gathered into other mails."""
    older = machine.copy()
    machine.desk.sweep(DAY)
    assert machine.send().sent == 30
    machine.put_back(older)
    machine.let_go()
    machine.clock.forward(days=3)
    machine.desk.sweep("2025-08-18")
    assert machine.send() == DeliveryResult(withheld=30)
    assert machine.desk.problems() == []


def test_of_a_mail_that_tells_more_only_the_new_goes_out(machine: Machine) -> None:
    both, soon = "both@example.cn", "2025-09-18"
    dates = {"opens_earliest": soon, "opens_latest": soon, "planned_ends": "2025-09-22"}
    one = {"name": "后开的班", "number": 41, "contact_email": both}
    machine.desk.plan(one | DATES, one | dates | {"name": "先开的班", "number": 42})
    older = machine.copy()
    machine.desk.sweep(DAY)
    machine.send()
    machine.put_back(older)
    machine.let_go()
    machine.clock.forward(days=3)
    machine.desk.sweep("2025-08-18")
    machine.send()
    told = machine.desk.ledger("project_id", "step", "status", "reason", recipient=both)
    assert (31, "D-3", "suppressed", "sent_before") in told
    assert (32, "D-0", "queued", "") in told
    assert machine.desk.mails("status", "reason", to_email=both) == [("sent", "")]
    assert machine.desk.problems() == []


def test_a_step_that_is_done_again_is_told_again_under_another_name(machine: Machine) -> None:
    """It has the number of the step that was lost, and is another: what servers know as a repeat
    they may swallow."""
    older = machine.copy()
    machine.desk.move(1, DAY, "2025-09-16", "2025-09-19")
    machine.send()
    first = set(machine.received())
    machine.put_back(older)
    machine.let_go()
    machine.clock.forward(hours=1)
    machine.desk.move(1, "2025-08-18", "2025-09-17", "2025-09-20")
    machine.clock.forward(days=3)
    assert machine.send().sent == len(first) == 2
    assert len({*first, *machine.received()}) == 4


def test_without_a_journal_a_repeat_can_be_known_as_one(machine: Machine) -> None:
    """Another machine with the same key has nothing to compare: the ids are the same."""
    machine.desk.sweep(DAY)
    older = machine.copy()
    machine.send()
    before = sorted(machine.received())
    machine.put_back(older)
    for path in Journal(machine.folder).files():
        path.unlink()
    assert machine.why() == ""  # which is no alarm
    machine.send()
    assert sorted(machine.received()) == sorted(before * 2)


def test_only_who_has_the_key_can_name_a_mail(machine: Machine, tmp_path: Path) -> None:
    machine.desk.sweep(DAY)
    older = machine.copy()
    machine.send()
    machine.put_back(older)
    machine.send(data_dir=tmp_path / "elsewhere")
    ids = machine.received()
    assert len(set(ids)) == len(ids) == 60


def test_links_that_sign_in_go_out_meanwhile(machine: Machine) -> None:
    machine.desk.sweep(DAY)
    older = machine.copy()
    machine.send()
    machine.put_back(older)
    person = machine.desk.person("zhao@example.cn", (Role.PROVINCE, ""))
    with machine.desk.db.write() as connection:
        at = machine.clock.now
        queue_sign_in(connection, person, "https://x/#1", on=at.date(), at=at)
    assert machine.send() == DeliveryResult(sent=1)
    assert machine.send() == DeliveryResult()
    assert machine.why() == OLDER


def test_a_second_restore_is_seen_as_well(machine: Machine) -> None:
    oldest = machine.copy()
    machine.desk.sweep(DAY)
    machine.send()
    for _ in range(2):
        machine.put_back(oldest)
        assert machine.send() == DeliveryResult()
        machine.let_go()
        machine.desk.sweep(DAY)
        assert machine.send() == DeliveryResult(withheld=30)
        machine.put_back(oldest)
        assert machine.why() == OLDER
        machine.let_go()


def test_a_person_may_still_send_again(machine: Machine) -> None:
    """What only the journal shows as sent is open to doubt, and a person answers for a copy."""
    machine.desk.sweep(DAY)
    older = machine.copy()
    machine.send()
    machine.put_back(older)
    machine.let_go()
    machine.send()
    with machine.desk.db.write() as connection:
        mail_desk.requeue(connection, 1, by="wang", note="", at=machine.clock.now)
    assert machine.send().sent == 1 and machine.why() == ""
    [token] = machine.desk.mails("token", id=1)
    assert machine.received().count(token) == 2


def test_a_mail_sent_again_by_a_person_is_no_alarm(machine: Machine) -> None:
    machine.desk.sweep(DAY)
    machine.send()
    with machine.desk.db.write() as connection:
        connection.execute(update(MAIL).where(MAIL.c.id == 1).values(reason="bounced"))
        mail_desk.requeue(connection, 1, by="wang", note="", at=machine.clock.now)
    assert machine.why() == ""
    assert machine.send().sent == 1 and machine.why() == ""


def test_trial_mail_counts_as_the_mail_it_stands_for(machine: Machine) -> None:
    machine.desk.sweep(DAY)
    older = machine.copy()
    machine.send(mail_trial_to="trial@example.cn")
    machine.put_back(older)
    machine.let_go()
    assert machine.send() == DeliveryResult(withheld=30)


def test_a_mail_from_before_the_upgrade_keeps_its_name(machine: Machine) -> None:
    """One that was tried, or that a person sends again, is known by the id that it had."""
    machine.desk.sweep(DAY)
    with machine.desk.db.write() as connection:
        tried = {"tried_at": machine.clock.now, "token": "f" * 32, "status": "failed"}
        connection.execute(update(MAIL).where(MAIL.c.id == 1).values(tried))
    machine.send()
    assert machine.desk.mails("token", id=1) == ["f" * 32]
    assert "f" * 32 in machine.received() and machine.why() == ""


def test_a_sender_that_was_killed_before_the_commit_sends_no_copy(machine: Machine) -> None:
    """The journal has the line, so the next run puts on record what it says."""
    machine.desk.sweep(DAY)
    machine.send()
    killed = {"status": MailStatus.LEASED.value, "sent_at": None, "handed": 1, "lease_owner": "x"}
    with machine.desk.db.write() as connection:
        tried = connection.execute(select(MAIL.c.tried_at).where(MAIL.c.id == 1)).scalar_one()
        connection.execute(update(MAIL).where(MAIL.c.id == 1).values(**killed, lease_until=tried))
        connection.execute(delete(ATTEMPT).where(ATTEMPT.c.mail_id == 1))
    assert machine.why() == ""  # not an older database
    assert machine.send() == DeliveryResult(sent=1)
    assert len(machine.received()) == 30
    assert machine.desk.mails("status", "reason", id=1) == [("sent", "")]
    assert machine.desk.problems() == []


def test_a_mail_that_waits_to_be_repeated_and_was_is_not_repeated_again(
    machine: Machine, crooked: Crooked
) -> None:
    machine.desk.sweep(DAY)
    crooked.at_data.append("drop")
    given = {"data_dir": machine.folder, "smtp_timeout": 2}
    machine.desk.delivery(crooked.port, machine.clock, **given).run()
    doubtful = machine.desk.mails("id", handed=1)
    older = machine.copy()
    machine.clock.forward(hours=2)
    machine.send()
    machine.put_back(older)
    machine.let_go()
    machine.clock.forward(hours=2)
    machine.send()
    for number in doubtful:
        assert machine.desk.mails("status", id=number) == ["sent"]
    assert len(machine.received()) == len(set(machine.received()))


# -- The journal itself ---------------------------------------------------------------------------


def lines(folder: Path) -> list[Any]:
    return [line for path in Journal(folder).files() for block in backwards(path) for line in block]


def test_a_file_a_year_and_for_its_owner_alone(machine: Machine) -> None:
    machine.desk.sweep(DAY)
    machine.send()
    [path] = Journal(machine.folder).files()
    assert path.name == "2025.log" and path.stat().st_mode & 0o777 == 0o600
    assert len(lines(machine.folder)) == 30
    assert b"@" not in path.read_bytes()  # nobody's address, and nothing that was said


@pytest.mark.parametrize(
    "torn", [b"2025-08-15T00:3", b"\0\0\0\0", b"\xff" * 70, b"x" * 200_000], ids=len
)
def test_a_torn_last_line_is_passed_over(machine: Machine, torn: bytes) -> None:
    machine.desk.sweep(DAY)
    machine.send()
    [path] = Journal(machine.folder).files()
    with path.open("ab") as file:
        file.write(torn)
    assert len(lines(machine.folder)) == 30 and machine.why() == ""
    machine.desk.move(1, DAY, "2025-09-16", "2025-09-19")
    machine.send()
    assert len(lines(machine.folder)) == 32 and machine.why() == ""


def test_a_long_journal_is_taken_over_to_where_the_database_knows_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.sending.journal.BLOCK", 500)
    machine.desk.sweep(DAY)
    known = machine.send().sent
    older = machine.copy()
    for number in range(1, 21):
        machine.desk.move(number, DAY, "2025-09-16", "2025-09-19")
    since = machine.send().sent
    assert len(lines(machine.folder)) == known + since == known + 40
    machine.put_back(older)
    machine.send()
    with machine.desk.db.read() as connection:
        taken = set(connection.execute(select(SENT_BEFORE.c.fingerprint)).scalars())
    fresh = sorted(lines(machine.folder), key=lambda line: line.at)[-since:]
    assert taken == {one for line in fresh for one in (line.token, *line.tells)}


def test_mail_waits_where_the_journal_cannot_be_kept(machine: Machine) -> None:
    """A folder that cannot be written to holds up mail; none is sent off the record."""
    machine.desk.sweep(DAY)
    machine.folder.mkdir()
    (machine.folder / "sent").write_bytes(b"in the way")
    with pytest.raises(OSError, match="sent"):
        machine.send()
    assert machine.received() == [] if (machine.mailbox.folder / "new").exists() else True
    (machine.folder / "sent").unlink()
    assert machine.send().sent == 30


def test_what_a_worker_sends_while_somebody_looks_is_no_sign_of_an_older_database(
    machine: Machine,
) -> None:
    """Whoever looks sees the database as of a moment, and the journal as it is: doctor, pages and
    /readyz said that mail was halted while a worker sent."""
    machine.desk.sweep(DAY)
    with machine.desk.db.read() as connection:
        assert connection.execute(select(MAIL.c.id)).first() is not None  # as of now
        assert machine.send().sent == 30
        assert standing_halt(connection, machine.folder, machine.clock.now) is None


def test_a_torn_line_of_one_worker_does_not_hide_the_next_of_another(machine: Machine) -> None:
    """Several workers of a machine write into one journal; one that is killed may leave half a
    line, to which the others, who have the file open, add theirs."""
    at, journal = machine.clock.now, Journal(machine.folder)
    journal.open(at)
    [path] = journal.files()
    whole = Sent(at, "a" * 32, ("b" * 32,))
    for torn in (
        "2025-08-1",
        f"{at.isoformat()} {'c' * 28}",
        f"{at.isoformat()} {'c' * 32} {'1' * 4}",
    ):
        path.write_text(torn)
        journal.note(whole)
        assert next(backwards(path)) == [whole]
    journal.close()


def test_the_journal_is_searched_as_far_back_as_the_mail_may_have_been_sent(
    machine: Machine,
) -> None:
    """While one that was killed is waited for, others write thousands of lines."""
    at, journal = machine.clock.now, Journal(machine.folder)
    mine = Sent(at, "a" * 32, ("a" * 32,))
    journal.note(mine)
    for n in range(2000):
        one = f"{n:032x}"
        journal.note(Sent(at + timedelta(seconds=1 + n // 10), one, (one,)))
    journal.close()
    assert journal.shows(mine.token, since=at)
    assert not journal.shows(mine.token, since=at + timedelta(seconds=1))
    assert not journal.shows("f" * 32, since=at)
