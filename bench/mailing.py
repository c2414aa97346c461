"""Mails a second through the outbox against bare loops that know no database; memory of a backlog."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter

from sqlalchemy import text

from bench import bare
from bench.measure import Figure, interleaved
from bench.outbox import AT, HOUR, SENDER, Standing, multiply, wait_again, with_reminders
from config.rulebook import rulebook
from config.settings import Settings
from notifications.sending.dispatch import Dispatcher
from workflow.database import Database

MAILS, ROUNDS = 400, 7  # on one connection
SLOW_MAILS, SLOW_ROUNDS, CONNECTIONS, DELAY_MS = 1600, 3, 16, 20
WAITING, SENT = (1_000, 100_000), 500  # mails waiting, of which so many are sent


def measure(folder: Path) -> list[Figure]:
    """SQLite in WAL with FULL; each mail is claimed, written, sent and marked durably."""
    return [_fast(folder), _slow(folder), _memory(folder)]


def _fast(folder: Path) -> Figure:
    db, samples = with_reminders(folder / "fast.db", MAILS), folder / "samples"
    samples.mkdir()
    with sink(0, samples) as port:  # once each, to see that both send the same
        mails = _contents(db, port)
        for found in _both(samples, port, mails):
            _same(*found)
    with sink(0) as port:
        ours, floor = _rates(db, port, mails, connections=1, rounds=ROUNDS)
    db.close()
    ratio = ours / floor
    goal, met = ">= 1.5 x bare loop", ratio >= 1.5
    return Figure("mailing: durably, one connection", ours, "mails/s", floor, ratio, goal, met)


def _slow(folder: Path) -> Figure:
    db = with_reminders(folder / "slow.db", SLOW_MAILS)
    with sink(0) as port:
        mails = _contents(db, port)
    with sink(DELAY_MS) as port:
        ours, floor = _rates(db, port, mails, connections=CONNECTIONS, rounds=SLOW_ROUNDS)
    db.close()
    ratio = ours / floor
    name = f"mailing: {CONNECTIONS} connections, +{DELAY_MS} ms a reply"
    return Figure(name, ours, "mails/s", floor, ratio, ">= 0.8 x bare", ratio >= 0.8)


def _rates(
    db: Database, port: int, mails: list[bare.Bare], *, connections: int, rounds: int
) -> tuple[float, float]:
    """Mails a second, ours and bare: medians of interleaved rounds."""
    spent: list[float] = []

    def ours() -> None:
        wait_again(db)
        started = perf_counter()
        _dispatch(db, port, connections, len(mails))
        spent.append(perf_counter() - started)

    _, floor = interleaved(ours, lambda: bare.send(mails, port, connections), rounds)
    return len(mails) / statistics.median(spent), len(mails) / floor


def _dispatch(db: Database, port: int, connections: int, count: int) -> None:
    folder = Path(str(db.url.database)).with_suffix("")
    journal = folder / "sent"
    for path in journal.glob("*.log"):  # the database has forgotten it too
        path.unlink()
    settings = Settings(
        data_dir=folder, smtp_port=port, smtp_connections=connections, mail_from=SENDER
    )
    result = Dispatcher(db, rulebook(), settings, Standing()).run()
    with db.read() as connection:
        query = text("SELECT count(*) FROM mail WHERE status = 'sent'")
        kept = connection.execute(query).scalar_one()
    if (result.sent, result.failed, kept) != (count, 0, count):
        raise SystemExit(f"{result}, {kept} kept as sent")


def _contents(db: Database, port: int) -> list[bare.Bare]:
    """Our mails, taken apart into what they say."""
    with db.read() as connection:
        count = connection.execute(text("SELECT count(*) FROM mail")).scalar_one()
    wait_again(db)
    _dispatch(db, port, 1, count)
    with db.read() as connection:
        rows = connection.execute(text("SELECT to_email, content FROM mail ORDER BY id")).all()
    return [_taken_apart(to, parsed(content)) for to, content in rows]


def _taken_apart(to: str, mail: EmailMessage) -> bare.Bare:
    [name] = mail["to"].addresses
    plain, html = _bodies(mail)
    identity = str(mail["message-id"])
    return bare.Bare(to, name, str(mail["subject"]), plain, html, identity, _enclosed(mail))


def _both(
    samples: Path, port: int, mails: list[bare.Bare]
) -> Iterator[tuple[EmailMessage, EmailMessage]]:
    """The first mails as the sink got them from us, and from the bare loop."""
    paths = [samples / f"{mail.to}.eml" for mail in mails[:3]]
    ours = [parsed(path.read_bytes()) for path in paths]
    bare.send(mails[:3], port)
    yield from zip(ours, (parsed(path.read_bytes()) for path in paths), strict=True)


def _same(ours: EmailMessage, theirs: EmailMessage) -> None:
    """Both say the same, or the comparison is worth nothing."""
    said = [
        (m["to"], m["subject"], m["message-id"], *_bodies(m), *_enclosed(m)) for m in (ours, theirs)
    ]
    if said[0] != said[1]:
        differing = [pair for pair in zip(*said, strict=True) if pair[0] != pair[1]]
        raise SystemExit(f"the mails differ: {differing}")


def _bodies(mail: EmailMessage) -> list[str]:
    found = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return [
        str(part.get_content()).replace("\r\n", "\n").rstrip() for part in found if part is not None
    ]


def _enclosed(mail: EmailMessage) -> tuple[tuple[str, str, bytes], ...]:
    return tuple(
        (part.get_content_type(), str(part.get_filename()), part.get_payload(decode=True))
        for part in mail.iter_attachments()
    )


def parsed(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def _memory(folder: Path) -> Figure:
    """The peak of a process that sends 500 mails, with few and with many waiting."""
    peaks = []
    with sink(0) as port:
        for count in WAITING:
            db = with_reminders(folder / f"{count}.db", 1)
            multiply(db, count)
            db.close()
            peaks.append(_peak(folder / f"{count}.db", port))
    few, many = peaks
    goal, ratio = "<= 1.2 x 1,000 waiting", many / few
    name = "mailing: peak memory, 100,000 waiting"
    return Figure(name, many, "MiB", few, ratio, goal, ratio <= 1.2)


def _peak(path: Path, port: int) -> float:
    command = [sys.executable, "-m", "bench.mailing", str(path), str(port)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout) / 1024


def send_some(path: str, port: str) -> None:
    """Send 500 and print this process's VmHWM in KiB."""
    db = Database(f"sqlite:///{path}")
    settings = Settings(
        data_dir=Path(path).with_suffix(""),
        smtp_port=int(port),
        smtp_connections=1,
        mail_from=SENDER,
    )
    looks = iter(range(10**9))
    dispatcher = Dispatcher(db, rulebook(), settings, Standing(AT + HOUR))
    result = dispatcher.run(stop=lambda: next(looks) > SENT)
    if not SENT - 100 < result.sent <= SENT + 1:
        raise SystemExit(f"sent {result.sent}")
    status = Path("/proc/self/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


@contextmanager
def sink(delay_ms: float, *samples: Path) -> Iterator[int]:
    """The sink's port; the process ends with the block."""
    command = [sys.executable, "-m", "bench.sink", str(delay_ms), *map(str, samples)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    send_some(*sys.argv[1:])
