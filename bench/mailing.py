"""Mails a second through the outbox against bare loops that know no database; memory of a backlog."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter, sleep

from sqlalchemy import text

from bench import bare
from bench.measure import Figure, interleaved
from bench.outbox import AT, HOUR, SENDER, Standing, multiply, wait_again, with_reminders
from config.rulebook import rulebook
from config.settings import Settings
from notifications.worker import Worker
from workflow.database import Database

MAILS, ROUNDS = 400, 7  # on one connection
SLOW_MAILS, SLOW_ROUNDS, WORKERS, DELAY_MS = 480, 3, 4, 20
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
        worker = _worker(db, port)
        how = {"connections": 1, "rounds": ROUNDS}
        ours, floor = _rates(db, port, mails, lambda: worker.dispatch().sent, **how)
    db.close()
    ratio = ours / floor
    goal, met = ">= 1.5 x bare loop", ratio >= 1.5
    return Figure("mailing: durably, one connection", ours, "mails/s", floor, ratio, goal, met)


def _slow(folder: Path) -> Figure:
    """Several workers, as `yanxiu worker` is started several times; they are running already."""
    db = with_reminders(folder / "slow.db", SLOW_MAILS)
    with sink(0) as port:
        mails = _contents(db, port)
    with sink(DELAY_MS) as port, Workers(db, port) as workers:
        how = {"connections": WORKERS, "rounds": SLOW_ROUNDS}
        ours, floor = _rates(db, port, mails, workers.send_all, **how)
    db.close()
    ratio = ours / floor
    name = f"mailing: {WORKERS} workers, +{DELAY_MS} ms a reply"
    return Figure(name, ours, "mails/s", floor, ratio, ">= 0.8 x bare", ratio >= 0.8)


def _rates(
    db: Database,
    port: int,
    mails: list[bare.Bare],
    send: Callable[[], int],
    *,
    connections: int,
    rounds: int,
) -> tuple[float, float]:
    """Mails a second, ours and bare: medians of interleaved rounds."""
    spent: list[float] = []

    def ours() -> None:
        _begin_anew(db)
        started = perf_counter()
        sent = send()
        spent.append(perf_counter() - started)
        _all_kept(db, sent, len(mails))

    _, floor = interleaved(ours, lambda: bare.send(mails, port, connections), rounds)
    return len(mails) / statistics.median(spent), len(mails) / floor


def _worker(db: Database, port: int, now: datetime = Standing.now) -> Worker:
    settings = Settings(data_dir=_data(db), smtp_port=port, mail_from=SENDER)
    return Worker(db, rulebook(), settings, Standing(now), lambda *_: None)


def _data(db: Database) -> Path:
    return Path(str(db.url.database)).with_suffix("")


def _begin_anew(db: Database) -> None:
    wait_again(db)
    for path in (_data(db) / "sent").glob("*.log"):  # the database has forgotten it too
        path.unlink()


def _all_kept(db: Database, sent: int, count: int) -> None:
    """Each mail was sent once and stands as sent."""
    with db.read() as connection:
        query = text("SELECT count(*) FROM mail WHERE status = 'sent' AND handed = 0")
        kept = connection.execute(query).scalar_one()
    if (sent, kept) != (count, count):
        raise SystemExit(f"{sent} sent, {kept} kept as sent, of {count}")


class Workers:
    """Worker processes on one database; each sends whenever it is told to."""

    def __init__(self, db: Database, port: int) -> None:
        self.command = [sys.executable, "-m", "bench.mailing", str(db.url.database), str(port)]
        self.processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Workers:
        piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        for _ in range(WORKERS):
            self.processes.append(subprocess.Popen([*self.command, "-"], **piped, text=True))  # type: ignore[call-overload]
        for process in self.processes:
            assert process.stdout is not None
            process.stdout.readline()  # it is ready
        return self

    def send_all(self) -> int:
        """Have all of them send until nothing waits; how many mails they sent."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        return sum(int(p.stdout.readline()) for p in self.processes if p.stdout is not None)

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()


def _contents(db: Database, port: int) -> list[bare.Bare]:
    """Our mails, taken apart into what they say."""
    with db.read() as connection:
        count = connection.execute(text("SELECT count(*) FROM mail")).scalar_one()
    _begin_anew(db)
    _all_kept(db, _worker(db, port).dispatch().sent, count)
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
    looks = iter(range(10**9))
    result = _worker(db, int(port), AT + HOUR).dispatch(stop=lambda: next(looks) > SENT)
    if not SENT - 100 < result.sent <= SENT + 1:
        raise SystemExit(f"sent {result.sent}")
    status = Path("/proc/self/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def send_on_request(path: str, port: str) -> None:
    """Be one of several workers: at each line send until no mail waits; print how many it were."""
    db = Database(f"sqlite:///{path}")
    worker = _worker(db, int(port))
    worker.book.policy("fujian-2025")
    print("ready", flush=True)
    for _ in sys.stdin:
        sent = worker.dispatch().sent
        while _anything_free(db):  # another one tried the server first
            sleep(0.01)
            sent += worker.dispatch().sent
        print(sent, flush=True)


def _anything_free(db: Database) -> bool:
    with db.read() as connection:
        query = text("SELECT 1 FROM mail WHERE status IN ('pending', 'failed') LIMIT 1")
        return connection.execute(query).first() is not None


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
    if sys.argv[3:] == ["-"]:
        send_on_request(*sys.argv[1:3])
    else:
        send_some(*sys.argv[1:])
