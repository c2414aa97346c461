"""The other rooms of administration: units, calendar, policies, wordings, ladders, health, audit."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from stories import OFFICE, SCHOOL
from visits import House, Visit, words

from config.calendar_files import calendar_years, read_year, written
from notifications.watch.clock_guard import ClockAlarm, clock_alarm, raise_alarm
from states.discretion import masked
from states.terms import Role
from workflow.mail.halt import RESTORED, halt, halted
from workflow.mail_tables import MAIL, Purpose
from workflow.office.log import Search, lines
from workflow.office.profiles import unit_id
from workflow.verify import verify

ROLES = {
    "province": (Role.PROVINCE, ""),
    "admin": (Role.ADMIN, ""),
    "auditor": (Role.AUDITOR, ""),
    "coordinator": (Role.COORDINATOR, OFFICE),
    "clerk": (Role.HOST, SCHOOL),
    "stranger": (Role.HOST, "厦门软件学院"),
}
PAGES = ("people", "units", "calendar/2025", "policies", "policies/fujian-2025", "ladders")
WATCHED = ("wordings", "wordings/filing", "health", "audit", "audit/projects?person=wang")
NUMBER = "6222000011112222"
PROFILE = {"account_name": "理工大学", "account_number": "6222 0000 1111 2222", "bank": "某银行"}
PROFILE |= {"contact_name": "林老师", "contact_email": "lin@example.cn"}
PROFILE |= {"expert_name_0": "张教授", "expert_field_0": "智能制造"}
SHIPPED = Path("config/policies/fujian-2025.toml")


@pytest.fixture
def people(house: House) -> dict[str, int]:
    house.desk.admit()
    return {
        login: house.person(login, grant, email=f"{login}@example.cn")
        for login, grant in ROLES.items()
    }


def logged(house: House) -> list[tuple[str, str]]:
    with house.desk.db.read() as connection:
        return [(row["person"], row["what"]) for row in lines(connection, Search())[0]]


@pytest.mark.parametrize("login", list(ROLES))
def test_each_room_opens_to_those_whose_it_is(
    house: House, people: dict[str, int], login: str
) -> None:
    visit = house.visit(people[login])
    host, watches = login in ("clerk", "stranger"), login in ("province", "admin", "auditor")
    answers = {page: visit.get(f"/admin/{page}").status_code for page in (*PAGES, *WATCHED)}
    opened = {page for page, status in answers.items() if status == 200}
    assert opened == (set() if host else {*PAGES, *(WATCHED if watches else ())})
    assert set(answers.values()) <= {200, 403}


RULES = ("calendar/2025/draft", "calendar/2025/apply", "policies", "wordings/filing")


@pytest.mark.parametrize("login", ["auditor", "coordinator", "clerk"])
def test_only_the_office_changes_rules(house: House, people: dict[str, int], login: str) -> None:
    visit = house.visit(people[login])
    answers = [visit.post(f"/admin/{p}").status_code for p in (*RULES, "health/accept-clock")]
    assert set(answers) == {403} and logged(house) == []


# -- Units ----------------------------------------------------------------------------------------


def test_a_unit_keeps_its_profile(house: House, people: dict[str, int]) -> None:
    visit = house.visit(people["clerk"])
    assert visit.post("/me/unit", PROFILE | {"unit_name": SCHOOL}).status_code == 303
    assert f'value="{NUMBER}"' in visit.get("/me/unit").text
    with house.desk.db.read() as connection:
        number = unit_id(connection, SCHOOL)
        [row] = lines(connection, Search())[0]
    assert row["what"] == "profile_saved" and NUMBER not in row["detail"]
    seen = {
        login: NUMBER in house.visit(people[login]).get(f"/admin/units/{number}").text
        for login in ("province", "admin", "auditor", "coordinator")
    }
    assert seen == {"province": True, "admin": False, "auditor": False, "coordinator": False}
    assert masked(NUMBER) in house.visit(people["coordinator"]).get(f"/admin/units/{number}").text
    stranger = house.visit(people["stranger"])
    assert stranger.get(f"/me/unit?unit={SCHOOL}").status_code == 404
    assert stranger.post("/me/unit", PROFILE | {"unit_name": SCHOOL}).status_code == 404


def test_a_wrong_profile_is_kept_on_the_page(house: House, people: dict[str, int]) -> None:
    wrong = PROFILE | {"unit_name": SCHOOL, "account_number": "12a", "contact_email": "x"}
    answer = house.visit(people["clerk"]).post("/me/unit", wrong)
    assert answer.status_code == 422 and 'value="12a"' in answer.text
    assert "账号应为6至32位数字" in words(answer) and logged(house) == []


# -- Holidays -------------------------------------------------------------------------------------


def hidden(text: str, name: str) -> str:
    [found] = re.findall(
        rf'<textarea class="unseen" name="{name}"[^>]*>(.*?)</textarea>', text, re.S
    )
    return found.replace("&#34;", '"')


def test_a_changed_calendar_is_seen_before_it_holds(house: House, people: dict[str, int]) -> None:
    one = house.desk.admit(name="移动班")
    house.desk.live(one, "held")
    before = {kind: due for kind, (_, due, _) in house.desk.standing(one).items()}
    moved = before["reimbursement"]
    visit = house.visit(people["province"])
    text = written(calendar_years()[2025])
    form = {"text": text, "mark": "off", "name": "试验假", "day": moved}
    draft = visit.post("/admin/calendar/2025/draft", form)
    assert draft.status_code == 200 and "移动班" in draft.text and f"{moved} → " in draft.text
    assert house.site.book.calendar.is_working(date.fromisoformat(moved))  # nothing holds yet
    [seen] = re.findall(r'name="seen" value="(\w+)"', draft.text)
    given = {"text": hidden(draft.text, "text"), "seen": seen}
    assert visit.post("/admin/calendar/2025/apply", given).status_code == 303
    after = {kind: due for kind, (_, due, _) in house.desk.standing(one).items()}
    assert after["reimbursement"] > moved
    assert {k: v for k, v in after.items() if v != before[k]} == {
        "reimbursement": after["reimbursement"]
    }
    assert list(verify(house.desk.db, house.site.book, None)) == []
    assert logged(house) == [("province", "calendar_saved")]
    again = visit.post("/admin/calendar/2025/apply", given)  # by what held before
    assert again.status_code == 409


@pytest.mark.parametrize(
    "form",
    [
        {"text": "year = 2025"},
        {"text": "nonsense ["},
        {"text": 'year = 2024\nsource = "x"\nmake_up_days = []\nholidays = []'},
        {"text": 'year = 2025\nsource = "x"\nmake_up_days = []\nholidays = []', "mark": "off"},
    ],
)
def test_a_faulty_calendar_is_refused_in_a_sentence(
    house: House, people: dict[str, int], form: dict[str, str]
) -> None:
    visit = house.visit(people["admin"])
    answer = visit.post("/admin/calendar/2025/draft", form)
    assert answer.status_code == 422 and "2025.toml" in words(answer)
    assert visit.post("/admin/calendar/1999/draft", form).status_code in (404, 422)
    assert not (house.folder / "calendars").exists()


def test_a_year_is_written_as_it_is_read() -> None:
    for year, known in calendar_years().items():
        assert read_year("x", written(known)) == known, year


# -- Policies -------------------------------------------------------------------------------------


def test_a_policy_is_checked_compared_and_saved_by_an_administrator(
    house: House, people: dict[str, int]
) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("value = 105000", "value = 95000")
    file = {"file": ("新政策.toml", text.encode())}
    province, admin = house.visit(people["province"]), house.visit(people["admin"])
    checked = province.post("/admin/policies", {"do": "check"}, files=file)
    assert "校验通过" in words(checked) and "95,000 元" in words(checked)
    assert province.post("/admin/policies", {"do": "save"}, files=file).status_code == 403
    assert not (house.folder / "policies").exists()
    assert admin.post("/admin/policies", {"do": "save"}, files=file).status_code == 303
    assert "95,000 元" in words(admin.get("/admin/policies/fujian-2025"))
    assert logged(house) == [("admin", "policy_saved")]


def test_a_policy_must_keep_what_projects_belong_to(house: House, people: dict[str, int]) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("demonstration", "show")
    file = {"file": ("x.toml", text.encode())}
    answer = house.visit(people["admin"]).post("/admin/policies", {"do": "save"}, files=file)
    assert answer.status_code == 422 and "categories.demonstration" in words(answer)


def test_policies_are_read_in_words(house: House, people: dict[str, int]) -> None:
    visit = house.visit(people["coordinator"])
    shown = words(visit.get("/admin/policies/fujian-2025"))
    assert [
        w for w in ("开班日前1个月", "补助上限", "学员人数下限", "50人") if w not in shown
    ] == []
    compared = visit.get("/admin/policies/compare?old=fujian-2024&new=fujian-2025")
    assert compared.status_code == 200 and "通知未作规定" in words(compared)
    assert "项目不得随意交给第三方去办。" in words(compared)  # what holds for all categories too
    assert visit.get("/admin/policies/compare?old=fujian-2024&new=x").status_code == 404


# -- Wordings -------------------------------------------------------------------------------------


def wording(visit: Visit, do: str, **more: str) -> tuple[int, str]:
    form = {"lang": "zh", "subject": "【新】{{ name }}", "lead": "请办理。", "project": "1"}
    answer = visit.post("/admin/wordings/filing", form | {"role": "host", "do": do} | more)
    return answer.status_code, words(answer)


def test_a_wording_is_tried_saved_and_put_back(house: House, people: dict[str, int]) -> None:
    visit = house.visit(people["province"])
    status, shown = wording(visit, "preview")
    assert status == 200 and "【新】智能制造高级研修班" in shown
    assert wording(visit, "save")[0] == 303
    assert "【新】" in visit.get("/admin/wordings/filing").text
    assert wording(visit, "test")[0] == 303
    styled = visit.get("/admin/wordings/filing/styled?project=1")
    assert "sandbox" in styled.headers["content-security-policy"]
    assert wording(visit, "reset")[0] == 303
    with house.desk.db.read() as connection:
        query = select(MAIL.c.to_email).where(MAIL.c.purpose == Purpose.TEST.value)
        assert connection.execute(query).scalars().all() == ["province@example.cn"]
    whats = [what for _, what in reversed(logged(house))]
    assert whats == ["wording_saved", "wording_tested", "wording_reset"]


def test_a_wording_is_tried_with_a_project_that_is_chosen(
    house: House, people: dict[str, int]
) -> None:
    second = house.desk.admit(name="数控技术研修班")
    visit = house.visit(people["province"])
    page = visit.get("/admin/wordings/filing").text
    named = f"{second} 数控技术研修班"
    assert f'<option value="{named}">' in page
    assert f'list="projects" value="{named}"' in page  # the newest, to begin with
    for chosen in (named, str(second), "数控"):
        status, shown = wording(visit, "preview", project=chosen)
        assert status == 200 and "【新】数控技术研修班" in shown, chosen
    form = {"lang": "zh", "subject": "【新】{{ name }}", "lead": "请办理。", "role": "host"}
    sent = form | {"do": "preview", "project": "数控"}
    [link] = re.findall(
        r'href="(/admin/wordings/filing/styled[^"]*)"',
        visit.post("/admin/wordings/filing", sent).text,
    )
    styled = visit.get(link.replace("&amp;", "&"))
    assert styled.status_code == 200 and "数控技术研修班" in styled.text
    assert visit.get("/admin/wordings/filing/styled?project=没有").status_code == 404


@pytest.mark.parametrize(
    "more", [{"lead": "{{ nobody }}"}, {"subject": "{% for x in y %}"}, {"project": "99"}]
)
def test_a_wording_that_would_fail_is_refused_and_kept(
    house: House, people: dict[str, int], more: dict[str, str]
) -> None:
    visit = house.visit(people["admin"])
    status, _ = wording(visit, "preview", **more)
    assert status == 422 and logged(house) == []


# -- Health and audit -----------------------------------------------------------------------------


def test_a_held_clock_is_accepted(house: House, people: dict[str, int]) -> None:
    with house.desk.db.write() as connection:
        raise_alarm(connection, ClockAlarm(house.at, house.at, house.at, 0.0, ""))
    visit = house.visit(people["admin"])
    assert "时钟曾突然跳快" in words(visit.get("/admin/health"))
    assert visit.post("/admin/health/accept-clock").status_code == 303
    with house.desk.db.read() as connection:
        assert clock_alarm(connection) is None
    assert logged(house) == [("admin", "clock_accepted")]
    assert "确认系统时间" in words(visit.get("/admin/audit?person=admin"))


def test_halted_mail_is_told_and_let_go(house: House, people: dict[str, int]) -> None:
    """After a restore nothing goes out; whoever sees to it is told where they begin to work."""
    with house.desk.db.write() as connection:
        halt(connection, RESTORED, at=house.at)
    visit = house.visit(people["admin"])
    for path in ("/", "/mail", "/admin/health"):
        assert "从备份恢复" in words(visit.get(path)), path
    assert "从备份恢复" not in words(house.visit(people["coordinator"]).get("/"))
    assert house.visit(people["auditor"]).post("/admin/health/resume-mail").status_code == 403
    assert visit.post("/admin/health/resume-mail").status_code == 303
    with house.desk.db.read() as connection:
        assert halted(connection) is None
    assert logged(house) == [("admin", "mail_resumed")]
    assert "从备份恢复" not in words(visit.get("/"))


def test_what_somebody_did_in_projects_is_found(house: House, people: dict[str, int]) -> None:
    one = house.desk.admit(name="他班")
    house.desk.live(one, "planned")
    shown = words(house.visit(people["auditor"]).get("/admin/audit/projects?person=chen"))
    assert "审核推荐" in shown and "他班" in shown
