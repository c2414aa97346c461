"""`yanxiu serve` and `yanxiu feed`."""

from __future__ import annotations

from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING

from cli.failures import report
from cli.office import Office, Stop
from cli.output import REFUSED, USAGE
from cli.several_processes import run_several
from states.terms import Text

if TYPE_CHECKING:
    from web.site import Site


def serve(host: str, port: int, workers: int = 1) -> None:
    """Run the web server until told to stop, in as many processes."""
    office = Office(False, waits=True)
    site = _site(office)
    listener = _listener(host, port)
    shown = f"[{host}]" if ":" in host else host
    where = f"http://{shown}:{listener.getsockname()[1]}"
    office.printer.message(SERVING.format(where=where))
    if workers == 1:
        _run(site, listener)
        return
    site.db.close()  # each process opens its own
    if not run_several(workers, _serve_beside, listener):
        raise SystemExit(REFUSED)


def _serve_beside(listener: socket) -> None:
    """One of several processes; what it has to say before it serves, its parent has said."""
    try:
        _run(_site(Office(False, waits=True)), listener)
    except Exception as error:
        raise SystemExit(report(error, as_json=False)) from None


def _site(office: Office) -> Site:
    from notifications.calendars.feeds import read_key
    from web.site import Site

    key = read_key(office.settings.data_dir)
    clock = office.clock
    return Site(office.db, office.book, key, clock.today, clock.now, office.settings)


def _run(site: Site, listener: socket) -> None:
    from web.app import create_app
    from web.serving import server

    server(create_app(site), proxies=site.settings.proxies).run(sockets=[listener])


def _listener(host: str, port: int) -> socket:
    """A bound socket, so that a taken port is one sentence."""
    from socket import SOCK_STREAM, create_server, getaddrinfo

    try:
        family = getaddrinfo(host, port, type=SOCK_STREAM)[0][0]
        return create_server((host, port), family=family)
    except (OSError, UnicodeError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        said = NOT_BOUND.format(host=host[:100], port=port, reason=reason)
        raise Stop(said, REFUSED) from error


def feed(login: str, revoke: bool, target: Path | None, as_json: bool) -> None:
    """The private address of a person's calendar feed; or the calendar itself, as a file."""
    from notifications.calendars import feeds
    from workflow.people import person_of
    from workflow.whole_files import write_whole

    office = Office(as_json)
    if target is not None and target.suffix.lower() != ".ics":  # nothing else is overwritten
        raise Stop(NO_ICS.format(path=str(target)[:200]), USAGE)
    key = feeds.read_key(office.settings.data_dir)
    with office.db.write() as connection:
        person = person_of(connection, login)
        if person is None:
            raise Stop(NOBODY.format(login=login[:80]), REFUSED)
        if not person.active:
            raise Stop(INACTIVE.format(login=login[:80]), REFUSED)
        generation = person.feed_generation
        if revoke:
            generation = feeds.revoke(connection, person.id)
        if target is not None:  # before the old address ends, which cannot be undone
            content = feeds.feed(connection, office.book, person.id, office.clock.today())
            write_whole(target, content)
    path = f"/calendar/{key.token(person.id, generation)}.ics"
    where = office.settings.base_url.rstrip("/") + path
    if as_json:
        figures = {"login": login, "url": where, "revoked": revoke}
        office.printer.data(figures | {"file": str(target) if target else None})
        return
    if revoke:
        office.printer.message(REVOKED)
    if target is not None:
        office.printer.line(WRITTEN.format(path=target))
    else:
        office.printer.text(where)
        office.printer.message(PRIVATE if office.settings.base_url else NO_BASE)


NO_ICS = Text("{path} 不是 .ics 文件名，请改用如 日历.ics。", "{path} must end in .ics.")
SERVING = Text("网页服务已启动：{where}，按 Ctrl-C 停止。", "Serving at {where}; Ctrl-C stops it.")
NOT_BOUND = Text(
    "无法在 {host}:{port} 提供服务（{reason}），请换一个地址或端口。",
    "Cannot serve at {host}:{port} ({reason}); choose another address or port.",
)
NOBODY = Text(
    "没有登录名为“{login}”的人员，请用 yanxiu user list 查看。",
    "No person “{login}”; see `yanxiu user list`.",
)
INACTIVE = Text("“{login}”已停用，没有日历订阅。", "“{login}” is disabled and has no feed.")
REVOKED = Text(
    "原订阅地址已失效，新地址如下。", "The former address has ended; this is the new one."
)
WRITTEN = Text("日历已写入 {path}", "The calendar is in {path}")
PRIVATE = Text(
    "凭此地址即可查看，请勿转发；如已泄露，用 yanxiu feed --revoke 更换。",
    "Whoever has this address can read it; `yanxiu feed --revoke` replaces it.",
)
NO_BASE = Text(
    "请在前面加上网站地址（或设置 YANXIU_BASE_URL）；凭此地址即可查看，请勿转发。",
    "Put the site's address before it (or set YANXIU_BASE_URL); whoever has it can read it.",
)
