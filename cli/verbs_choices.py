"""`yanxiu user prefer | language | substitute | hand-over`: what people choose, who takes over."""

from __future__ import annotations

from typing import Any

from cli import reading
from cli.office import Office, Stop
from cli.output import USAGE
from cli.verbs_user import person, told
from states.mailing import Mode, Sort
from states.terms import Role, Text
from workflow.hand_over import hand_over_all
from workflow.mail import preferences


def prefer(login: str, sort: str, mode: str, as_json: bool) -> None:
    """Choose, or list every sort with what holds and what may be chosen."""
    office = Office(as_json)
    if bool(sort) != bool(mode):
        raise Stop(BOTH, USAGE)
    if sort:
        wanted = reading.one_of(Sort, sort, Text("邮件类别", "sort of mail"))
        how = reading.one_of(Mode, mode, Text("接收方式", "way"))
        with office.db.write() as connection:
            preferences.prefer(connection, person(connection, login), wanted, how)
    with office.db.read() as connection:
        rows = preferences.preferences(connection, person(connection, login))
    if as_json:
        office.printer.data(rows)
        return
    say = office.printer.say
    lines = [
        (row["sort"], row["sort"].label, row["mode"].label, "、".join(_may(say, row["may"])))
        for row in rows
    ]
    office.printer.table(HEADS, lines)


def _may(say: Any, modes: list[Mode]) -> list[str]:
    return [f"{mode.value}（{say(mode.label)}）" for mode in modes]


def speak(login: str, language: str, as_json: bool) -> None:
    office = Office(as_json)
    if language not in ("zh", "en"):
        raise Stop(NO_LANGUAGE.format(given=language[:20]), USAGE)
    with office.db.write() as connection:
        preferences.speak(connection, person(connection, login), language)
    told(office, SPEAKS.format(login=login, language=language), login)


def substitute(login: str, by: str, from_on: str, until_on: str, end: bool, as_json: bool) -> None:
    """Appoint somebody for some days, or end it."""
    office = Office(as_json)
    if end:
        with office.db.write() as connection:
            count = preferences.dismiss(connection, person(connection, login))
        told(office, ENDED.format(login=login, n=count), login)
        return
    if not (by and until_on):
        raise Stop(WHO_AND_WHEN, USAGE)
    first = reading.day(from_on, "--from") if from_on else office.clock.today()
    last = reading.day(until_on, "--until")
    with office.db.write() as connection:
        whose, stand_in = person(connection, login), person(connection, by)
        today, now = office.clock.today(), office.clock.now()
        preferences.appoint(connection, whose, stand_in, first, last, today=today, at=now)
    told(office, APPOINTED.format(by=by, login=login, a=first, b=last), login)


def hand_over(old: str, new: str, reason: str, as_json: bool) -> None:
    """All projects, roles and waiting mail of one person go to another, or nothing does."""
    office = Office(as_json)
    with office.db.write() as connection:
        giver, taker = person(connection, old), person(connection, new)
        done = hand_over_all(
            connection,
            office.book,
            giver,
            taker,
            reason=reason or "人员变动，工作移交",
            today=office.clock.today(),
            at=office.clock.now(),
        )
    if as_json:
        roles = [{"role": role, "scope": scope} for role, scope in done.roles]
        office.printer.data({"projects": done.projects, "roles": roles})
        return
    say = office.printer.say
    named = "；".join(f"{say(Role(role).label)} {scope}".strip() for role, scope in done.roles)
    said = HANDED.format(old=old, new=new, n=done.projects, roles=named or "—")
    office.printer.line(said)


HEADS = (
    Text("类别", "Sort"),
    Text("", ""),
    Text("现在", "Now"),
    Text("可选", "Possible"),
)
BOTH = Text(
    "请同时写 --sort 和 --mode；都不写时列出各类邮件的接收方式。",
    "Give both --sort and --mode; without them the choices are listed.",
)
NO_LANGUAGE = Text("没有语言“{given}”，可用：zh、en。", "No language “{given}”: zh or en.")
SPEAKS = Text("{login} 的邮件语言已设为 {language}。", "Mails to {login} are in {language} now.")
WHO_AND_WHEN = Text(
    "请写明代收人和截止日，如 --by lisi --until 2025-08-20；结束代收用 --end。",
    "Say who and until when, e.g. --by lisi --until 2025-08-20; --end ends it.",
)
APPOINTED = Text(
    "{a}至{b}，{login} 的邮件由 {by} 代收。", "{by} gets the mail of {login} from {a} to {b}."
)
ENDED = Text("已结束 {login} 的代收安排（{n}项）。", "{n} substitution(s) of {login} ended.")
HANDED = Text(
    "已将 {old} 的{n}个项目移交给 {new}；角色：{roles}。待发邮件已改发新联系人。",
    "{n} project(s) of {old} handed over to {new}; roles: {roles}. Waiting mail follows.",
)
