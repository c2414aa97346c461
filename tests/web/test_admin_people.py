"""Who looks after whose account, and nobody becomes more than they are."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from stories import OFFICE, SCHOOL
from visits import House, words

from states.terms import Role
from workflow.office.log import Search, lines
from workflow.people import person_of
from workflow.tables import GRANT, PERSON

ELSEWHERE, OTHER_OFFICE = "厦门软件学院", "厦门市人社局"
FORM = {"name": "新经办", "email": "new@example.cn", "role": "host", "scope": SCHOOL}
ROLES = {
    "province": (Role.PROVINCE, ""),
    "admin": (Role.ADMIN, ""),
    "auditor": (Role.AUDITOR, ""),
    "coordinator": (Role.COORDINATOR, OFFICE),
    "clerk": (Role.HOST, SCHOOL),
}
# Accounts that are not a coordinator's to touch.
OTHERS: dict[str, tuple[tuple[Role, str], ...]] = {
    "province": ((Role.PROVINCE, ""),),
    "admin": ((Role.ADMIN, ""),),
    "auditor": ((Role.AUDITOR, ""),),
    "colleague": ((Role.COORDINATOR, OFFICE),),
    "elsewhere": ((Role.HOST, ELSEWHERE),),
    "also elsewhere": ((Role.HOST, SCHOOL), (Role.HOST, ELSEWHERE)),
    "also auditor": ((Role.HOST, SCHOOL), (Role.AUDITOR, "")),
    "nobody": (),
}
ACTS = (
    "",
    "/roles",
    "/mail-link",
    "/link",
    "/password",
    "/unlock",
    "/end-sessions",
    "/disable",
    "/enable",
)


@pytest.fixture
def peopled(house: House) -> tuple[House, dict[str, int]]:
    house.desk.admit()
    house.desk.admit(name="另一班", host=ELSEWHERE, department=OTHER_OFFICE)
    ids = {login: house.person(login, grant) for login, grant in ROLES.items()}
    return house, ids


def everything(house: House) -> list[Any]:
    """Every account with its roles, to see that nothing changed."""
    with house.desk.db.read() as connection:
        people = connection.execute(select(PERSON).order_by(PERSON.c.id)).all()
        return [*people, *connection.execute(select(GRANT).order_by(GRANT.c.id)).all()]


def logged(house: House) -> list[tuple[str, str, str]]:
    with house.desk.db.read() as connection:
        rows, _ = lines(connection, Search())
    return [(row["person"], row["what"], row["object"]) for row in reversed(rows)]


@pytest.mark.parametrize("other", list(OTHERS))
def test_a_coordinator_touches_nobody_else(
    peopled: tuple[House, dict[str, int]], other: str
) -> None:
    house, ids = peopled
    target = house.person("target", email="t@example.cn")
    house.wear(target, *OTHERS[other])
    visit, before = house.visit(ids["coordinator"]), everything(house)
    answers = [visit.get(f"/admin/people/{target}").status_code]
    form = {"name": "x", "email": "mine@example.cn", "role": "host", "scope": SCHOOL}
    answers += [visit.post(f"/admin/people/{target}{act}", form).status_code for act in ACTS]
    assert set(answers) == {404}
    assert everything(house) == before and logged(house) == []


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("province", ""),
        ("admin", ""),
        ("auditor", ""),
        ("coordinator", OFFICE),
        ("host", ELSEWHERE),
        ("host", "没有项目的单位"),
    ],
)
def test_a_coordinator_gives_no_other_role(
    peopled: tuple[House, dict[str, int]], role: str, scope: str
) -> None:
    house, ids = peopled
    visit, before = house.visit(ids["coordinator"]), everything(house)
    form = FORM | {"role": role, "scope": scope}
    assert visit.post("/admin/people", form).status_code == 403
    roles = f"/admin/people/{ids['clerk']}/roles"
    assert visit.post(roles, {"role": role, "scope": scope}).status_code == 403
    assert everything(house) == before


@pytest.mark.parametrize("role", ["province", "admin", "auditor"])
def test_the_province_makes_itself_neither_a_second_person_nor_an_administrator(
    peopled: tuple[House, dict[str, int]], role: str
) -> None:
    house, ids = peopled
    target = house.person("target", (Role(role), ""), email="t@example.cn")
    visit, before = house.visit(ids["province"]), everything(house)
    form = {"name": "x", "email": "mine@example.cn", "role": "host", "scope": SCHOOL}
    answers = [visit.post(f"/admin/people/{target}{act}", form) for act in ACTS]
    answers.append(visit.post("/admin/people", FORM | {"role": role, "scope": ""}))
    answers.append(visit.post(f"/admin/people/{ids['clerk']}/roles", {"role": role}))
    assert {answer.status_code for answer in answers} == {403}
    label = Role(role).label.zh
    rows = (("新", label, "", "new@example.cn", "new"), ("x", label, "", "x@example.cn", "target"))
    rows += (("x", "承办单位", SCHOOL, "x@example.cn", "target"),)
    file = {"file": ("people.xlsx", workbook(*rows), "application/octet-stream")}
    told = words(visit.post("/admin/people/import", files=file))
    assert told.count("由系统管理员管理") == 3
    assert everything(house) == before
    shown = visit.get(f"/admin/people/{target}")
    assert shown.status_code == 200 and "/password" not in shown.text
    assert f'value="{role}"' not in visit.get("/admin/people/new").text
    admin = house.visit(ids["admin"])
    assert admin.post(f"/admin/people/{target}/mail-link").status_code == 303


def test_a_coordinator_takes_nothing_away(peopled: tuple[House, dict[str, int]]) -> None:
    house, ids = peopled
    with house.desk.db.read() as connection:
        query = select(GRANT.c.id).where(GRANT.c.person_id == ids["clerk"])
        held = connection.execute(query).scalar()
    visit = house.visit(ids["coordinator"])
    assert visit.post(f"/admin/people/{ids['clerk']}/roles/{held}").status_code == 403


@pytest.mark.parametrize("field", ["login", "email"])
@pytest.mark.parametrize("value", ["province", "boss@example.cn", "BOSS@example.cn"])
def test_nobody_is_taken_over_by_a_new_account_of_the_same_name(
    peopled: tuple[House, dict[str, int]], field: str, value: str
) -> None:
    house, ids = peopled
    house.person("boss", (Role.PROVINCE, ""), email="boss@example.cn")
    visit, before = house.visit(ids["coordinator"]), everything(house)
    answer = visit.post("/admin/people", FORM | {field: value})
    assert answer.status_code == 422 and FORM["name"] in answer.text
    assert everything(house) == before


def test_a_unit_with_projects_elsewhere_is_the_provinces(
    peopled: tuple[House, dict[str, int]],
) -> None:
    house, ids = peopled
    visit = house.visit(ids["coordinator"])
    assert visit.get(f"/admin/people/{ids['clerk']}").status_code == 200
    house.desk.admit(name="第三班", department=OTHER_OFFICE)
    assert visit.get(f"/admin/people/{ids['clerk']}").status_code == 404
    assert visit.post("/admin/people", FORM).status_code == 403


@pytest.mark.parametrize("login", ["coordinator", "province", "admin"])
def test_they_look_after_a_clerk(peopled: tuple[House, dict[str, int]], login: str) -> None:
    house, ids = peopled
    visit = house.visit(ids[login])
    added = visit.post("/admin/people", FORM)
    assert added.status_code == 303
    where = added.headers["location"]
    changed = {"name": "改名", "email": "other@example.cn", "phone": "0591-1"}
    for act, form in (("", changed), ("/mail-link", {}), ("/disable", {}), ("/enable", {})):
        assert visit.post(where + act, form).status_code == 303
    shown = visit.post(where + "/password")
    [password] = re.findall(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){2})</code>", shown.text)
    own = house.visit()
    form = {"login": "new@example.cn", "password": password}
    assert own.post("/sign-in", form).headers["location"] == "/"
    assert own.get("/mail").headers["location"] == "/me/password?next=%2Fmail"
    whats = ["person_added", "address_changed", "person_changed", "link_mailed", "person_disabled"]
    whats += ["person_enabled", "password_reset"]
    assert logged(house) == [(login, what, "new@example.cn") for what in whats]
    assert password not in visit.get(where).text


def test_a_link_is_shown_once_and_signs_in(peopled: tuple[House, dict[str, int]]) -> None:
    house, ids = peopled
    visit = house.visit(ids["coordinator"])
    shown = visit.post(f"/admin/people/{ids['clerk']}/link")
    [path] = re.findall(r"<code>http://testserver(/sign-in/link/[\w-]+)</code>", shown.text)
    assert house.visit().post(path).headers["location"] == "/"
    assert path not in visit.get(f"/admin/people/{ids['clerk']}").text


def test_disabling_ends_the_sessions(peopled: tuple[House, dict[str, int]]) -> None:
    house, ids = peopled
    clerk = house.visit(ids["clerk"])
    assert clerk.get("/me/password").status_code == 200
    house.visit(ids["province"]).post(f"/admin/people/{ids['clerk']}/disable")
    assert clerk.get("/me/password").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("login", ["province", "admin"])
def test_nobody_makes_himself_more_or_shuts_himself_out(
    peopled: tuple[House, dict[str, int]], login: str
) -> None:
    house, ids = peopled
    visit, before = house.visit(ids[login]), everything(house)
    own = f"/admin/people/{ids[login]}"
    for act in ("/roles", "/disable", "/password", "/link"):
        assert visit.post(own + act, {"role": "admin"}).status_code == 403
    assert everything(house) == before
    assert visit.post(own, {"name": "改名", "email": "", "phone": ""}).status_code == 303


@pytest.mark.parametrize("login", ["province", "admin"])
def test_roles_are_given_and_taken(peopled: tuple[House, dict[str, int]], login: str) -> None:
    house, ids = peopled
    visit, clerk = house.visit(ids[login]), f"/admin/people/{ids['clerk']}"
    answer = visit.post(f"{clerk}/roles", {"role": "host", "scope": ""})
    assert answer.status_code == 422 and "须填写所属单位" in words(answer)
    visit.post(f"{clerk}/roles", {"role": "coordinator", "scope": OTHER_OFFICE})
    with house.desk.db.read() as connection:
        query = select(GRANT.c.id).where(GRANT.c.person_id == ids["clerk"])
        numbers = connection.execute(query.order_by(GRANT.c.id)).scalars().all()
    assert visit.post(f"{clerk}/roles/{numbers[0]}").status_code == 303
    with house.desk.db.read() as connection:
        held = connection.execute(
            select(GRANT.c.role, GRANT.c.scope).where(GRANT.c.person_id == ids["clerk"])
        ).all()
    assert held == [("coordinator", OTHER_OFFICE)]
    assert [what for _, what, _ in logged(house)] == ["role_given", "role_taken"]


def test_an_auditor_reads_and_changes_nothing(peopled: tuple[House, dict[str, int]]) -> None:
    house, ids = peopled
    visit, before = house.visit(ids["auditor"]), everything(house)
    assert visit.get("/admin/people").status_code == 200
    assert visit.get(f"/admin/people/{ids['clerk']}").status_code == 200
    paths = [f"/admin/people/{ids['clerk']}{act}" for act in ACTS]
    answers = [visit.post(path, FORM) for path in ["/admin/people", *paths]]
    assert {answer.status_code for answer in answers} == {403}
    assert everything(house) == before


def test_a_host_sees_nothing_of_administration(peopled: tuple[House, dict[str, int]]) -> None:
    house, ids = peopled
    visit = house.visit(ids["clerk"])
    answers = [visit.get(path) for path in ("/admin", "/admin/people", "/mail")]
    assert {answer.status_code for answer in answers} == {403}


def test_each_sees_whom_they_look_after(peopled: tuple[House, dict[str, int]]) -> None:
    house, ids = peopled
    house.person("other", (Role.HOST, ELSEWHERE))

    def seen(login: str, query: str = "") -> list[str]:
        text = house.visit(ids[login]).get(f"/admin/people{query}").text
        return re.findall(r'<span class="hint">([\w@.]+)</span></th>', text)

    assert {"clerk"} == {x for x in seen("coordinator") if "@" not in x}
    assert {*ROLES, "other"} <= set(seen("province"))
    assert seen("province", f"?q={ELSEWHERE}") == ["other"]
    assert seen("admin", "?role=auditor") == ["auditor"]


def workbook(*rows: tuple[str, ...]) -> bytes:
    book = Workbook()
    for row in (("姓名", "角色", "单位", "邮箱", "登录名"), *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_people_are_imported_after_a_trial(peopled: tuple[House, dict[str, int]]) -> None:
    house, ids = peopled
    rows = [
        ("甲", "承办单位", SCHOOL, "jia@example.cn", "jia"),
        ("乙", "没有这种角色", "", "yi@example.cn", "yi"),
        ("丙", "省厅", "", "jia@example.cn", "bing"),
        ("我", "系统管理员", "", "me@example.cn", "province"),
    ]
    file = {"file": ("人员.xlsx", workbook(*rows))}
    visit, before = house.visit(ids["province"]), everything(house)
    tried = visit.post("/admin/people/import", {"dry": "1"}, files=file)
    assert tried.status_code == 200 and everything(house) == before
    done = visit.post("/admin/people/import", {"dry": "0"}, files=file)
    badges = r'badge (green|red)">([^<]+)<'
    assert re.findall(badges, tried.text) == re.findall(badges, done.text)
    assert [said for _, said in re.findall(badges, done.text)] == [
        "未导入",
        "新增",
        "未导入",
        "未导入",
    ]
    with house.desk.db.read() as connection:
        assert person_of(connection, "jia").name == "甲"
        assert person_of(connection, "bing") is None
    assert house.visit(ids["coordinator"]).get("/admin/people/import").status_code == 403


def test_no_import_keeps_others_from_writing_for_long(
    peopled: tuple[House, dict[str, int]],
) -> None:
    house, ids = peopled
    rows = [(f"{n}", "承办单位", SCHOOL, f"p{n}@example.cn", f"p{n}") for n in range(1001)]
    visit, before = house.visit(ids["province"]), everything(house)
    answer = visit.post("/admin/people/import", files={"file": ("p.xlsx", workbook(*rows))})
    assert (answer.status_code, "一次最多导入1000人" in words(answer)) == (422, True)
    assert everything(house) == before
