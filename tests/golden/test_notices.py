"""Every notice of the product's own list, as its readers get it, in both languages.

A file per notice and language: for each reader the mail about one category whole, the others
beside it. That HTML tells the same is held by tests/notifications/test_every_notice.py; here stands
the HTML of each template once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from beside import beside, chapter
from databases import Empty
from golden import Golden
from stories import Desk

from config.rulebook import Rulebook
from notifications import templates
from notifications.letters.imagined_letter import NoPreview
from notifications.letters.links import Links
from notifications.letters.notices import NOTICES, Family
from notifications.letters.preview import preview
from notifications.letters.results import Reader
from notifications.letters.sign_in_letter import SignInLetter, render_sign_in
from notifications.letters.trial import for_trial
from notifications.letters.values import Rendered
from notifications.letters.wording import LANGUAGES
from states.terms import Role

TODAY = date(2025, 9, 1)
READERS = (Role.HOST, Role.COORDINATOR, Role.PROVINCE)
LINKS = Links("https://yanxiu.example.cn")
OLDER = {"fujian-2024": ("demonstration",), "xinjiang-2025": ("regional",)}
TEMPLATES = Path(templates.__file__).parent
SIGN_IN = "sign_in"
HTML = {  # template -> notices of which each takes another way through it
    "digest": ("digest.province",),
    "notice": ("file", "change", "alarm.bounced", "left"),
    "reminder": ("filing", "overdue", "summary"),
}


@pytest.fixture(scope="module")
def projects(
    empty_database: Empty, tmp_path_factory: pytest.TempPathFactory, book: Rulebook
) -> Iterator[tuple[Desk, dict[str, int]]]:
    """A project of every category of the newest policy, and one of each other policy's."""
    newest = {"fujian-2025": tuple(book.policy("fujian-2025").categories)}
    with empty_database(tmp_path_factory.mktemp("notices")) as database:
        desk = Desk(database, book)
        found = {
            f"{category} ({policy})": admitted(desk, policy, category)
            for policy, categories in (newest | OLDER).items()
            for category in categories
        }
        yield desk, found


def admitted(desk: Desk, policy: str, category: str) -> int:
    year = int(policy[-4:])
    return desk.admit(
        policy=policy,
        year=year,
        category=category,
        number=7,
        state="planned",
        place="福州市",
        planned_trainees=40,
        schedule_text=f"{year}年11月10日-13日",
        opens_earliest=f"{year}-11-10",
        opens_latest=f"{year}-11-10",
        planned_ends=f"{year}-11-13",
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", NOTICES)
def test_notice(
    projects: tuple[Desk, dict[str, int]], golden: Golden, notice: str, language: str
) -> None:
    chapters = [told(*projects, notice, role, language) for role in READERS]
    golden(f"notices/{notice}.{language}.txt", "\n".join(chapters))


def told(desk: Desk, projects: dict[str, int], notice: str, role: Role, language: str) -> str:
    """The mails to a role, and where there is none the reason."""
    mails: dict[str, str] = {}
    reasons: dict[str, None] = {}
    for name, project_id in projects.items():
        try:
            mail = rendered(desk, notice, project_id, role, language)
        except NoPreview as refused:
            reasons[refused.text.in_(language)] = None
        else:
            said = f"{mail.subject}\n\n{mail.text}"
            mails[name] = said.replace(f"/projects/{project_id}", "/projects/N")
    return chapter(role.value, mails.items()) + "".join(f"({reason})\n" for reason in reasons)


def rendered(desk: Desk, notice: str, project_id: int, role: Role, language: str) -> Rendered:
    reader = Reader("", "x@example.cn", role, language, TODAY, LINKS)
    with desk.db.read() as connection:
        return preview(connection, desk.book, notice, project_id, reader)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", HTML)
def test_html(
    projects: tuple[Desk, dict[str, int]], golden: Golden, template: str, language: str
) -> None:
    desk, known = projects
    project_id = known["demonstration (fujian-2025)"]
    for notice in HTML[template]:
        role = Role.COORDINATOR if NOTICES[notice].family is Family.ALARM else Role.HOST
        mail = rendered(desk, notice, project_id, role, language)
        golden(f"html/{template}-{notice}.{language}.html", mail.html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_link_to_sign_in(golden: Golden, language: str) -> None:
    """It is no notice: nobody may change its wording."""
    own = SignInLetter("林老师", TODAY, "https://yanxiu.example.cn/login#SECRET", language)
    letters = {"by oneself": own, "by somebody else": replace(own, by="王经办")}
    said = {name: render_sign_in(letter) for name, letter in letters.items()}
    texts = ((name, f"{mail.subject}\n\n{mail.text}") for name, mail in said.items())
    golden(f"notices/{SIGN_IN}.{language}.txt", chapter("the reader", texts))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_on_trial(
    projects: tuple[Desk, dict[str, int]], golden: Golden, language: str
) -> None:
    desk, known = projects
    mail = rendered(desk, "file", known["demonstration (fujian-2025)"], Role.HOST, language)
    trial = for_trial(mail, ("林老师", "lin@example.cn"), language)
    said = beside(f"{mail.subject}\n{mail.html}", f"{trial.subject}\n{trial.html}")
    golden(f"html/on-trial.{language}.txt", said)


def test_every_file_is_of_something_that_there_is(golden: Golden) -> None:
    notices = {f"{one}.{language}.txt" for one in (*NOTICES, SIGN_IN) for language in LANGUAGES}
    golden.holds("notices", notices)
    of_mails = {path.name.removesuffix(".html.j2") for path in TEMPLATES.glob("*.html.j2")}
    assert set(HTML) == of_mails - {"base", "call_list"}
    pages = {
        f"{name}-{one}.{language}.html"
        for name in HTML
        for one in HTML[name]
        for language in LANGUAGES
    }
    golden.holds("html", pages | {f"on-trial.{language}.txt" for language in LANGUAGES})
