"""How mails are worded, for programs: tried, changed in versions, put back, sent to oneself."""

from __future__ import annotations

from typing import Any

import pytest
from callers import PEOPLE, Caller, caller
from sqlalchemy import select
from visits import House

from states.terms import Role
from workflow.mail_tables import MAIL, Purpose
from workflow.office.log import Search, lines

FILING = "/wordings/filing/zh"
TEXTS = {"subject": "【新】{{ name }}", "lead": "请办理。"}


@pytest.fixture
def province(house: House) -> Caller:
    house.desk.admit()
    house.person("province", (Role.PROVINCE, ""), email="province@example.cn")
    return caller(house, "province")


def logged(house: House) -> list[str]:
    with house.desk.db.read() as connection:
        rows, _ = lines(connection, Search())
    return [row["what"] for row in rows[::-1] if row["what"].startswith("wording")]


def queued(house: House) -> list[str]:
    with house.desk.db.read() as connection:
        query = select(MAIL.c.to_email).where(MAIL.c.purpose == Purpose.TEST.value)
        return list(connection.execute(query).scalars())


def test_a_wording_is_tried_changed_and_put_back(house: House, province: Caller) -> None:
    shipped = province.get(FILING).json()
    assert (shipped["version"], shipped["history"]) == (0, [])
    assert shipped["names"]["name"] == "项目名称"
    shown = province.post(f"{FILING}/preview", TEXTS | {"project": 1}).json()
    assert shown["subject"] == "【新】智能制造高级研修班" and "请办理。" in shown["text"]
    assert province.get(FILING).json() == shipped and logged(house) == []
    assert province.post(FILING, TEXTS).json() == {"version": 1}
    held = province.get(FILING).json()
    assert (held["subject"], held["lead"], held["version"]) == ("【新】{{ name }}", "请办理。", 1)
    own = {one["notice"]: one["own"] for one in province.get("/wordings").json()["items"]}
    assert own["filing"] == {"zh": 1} and own["overdue"] == {}
    assert province.post(f"{FILING}/reset").json() == {"version": 2}
    back = province.get(FILING).json()
    assert (back["subject"], back["lead"]) == (shipped["subject"], shipped["lead"])
    assert [one["saved_by"] for one in back["history"]] == ["province", "province"]
    assert logged(house) == ["wording_saved", "wording_reset"]


def test_a_test_goes_to_oneself_once(house: House, province: Caller) -> None:
    sent = [province.post(f"{FILING}/test", {"project": 1}, Idempotency_Key="k") for _ in range(2)]
    assert [answer.json() for answer in sent] == [{"email": "province@example.cn"}] * 2
    assert queued(house) == ["province@example.cn"]
    nowhere = caller(house, "admin").post(f"{FILING}/test", {"project": 1})  # who has no address
    assert nowhere.status_code == 422 and "没有登记邮箱" in nowhere.json()["fields"][0]["message"]
    assert len(queued(house)) == 1


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"lead": "{{ nobody }}"}, "lead", "名称“nobody”不存在"),
        ({"subject": "{% for x in y %}{% endfor %}"}, "subject", "不能使用"),
        ({"subject": "长" * 200, "lead": "{{ nobody }}"}, "subject", "改短"),
        ({}, "subject", "请填写主题或正文首段"),
        ({"subject": " ", "lead": "\0"}, "subject", "请填写主题或正文首段"),
    ],
)
def test_a_wording_that_would_fail_is_refused(
    house: House, province: Caller, body: dict[str, str], field: str, said: str
) -> None:
    answer = province.post(FILING, body)
    assert answer.status_code == 422
    wrong = answer.json()["fields"]
    assert wrong[0]["field"] == field and said in wrong[0]["message"]
    assert len(wrong) == (2 if len(body.get("subject", "")) > 100 else 1)
    assert logged(house) == []


def test_what_cannot_be_previewed_is_said(province: Caller) -> None:
    def asked(path: str, **more: Any) -> tuple[int, str]:
        answer = province.post(f"/wordings/{path}/preview", TEXTS | {"project": 1} | more)
        return answer.status_code, answer.json()["detail"]

    assert asked("filing/zh", project=99)[0] == 404
    assert asked("nothing/zh")[0] == 404 and asked("filing/fr")[0] == 422
    assert asked("filing/zh", role="admin")[0] == 422
    told = province.post("/wordings/alarm.marked/zh/preview", {"project": 1, "role": "host"})
    assert told.status_code == 422 and told.json()["fields"][0]["field"] == "role"


@pytest.mark.parametrize("who", PEOPLE)
def test_who_reads_and_who_changes(house: House, who: str) -> None:
    house.desk.admit()
    program = caller(house, who)
    reads = [program.get(path).status_code for path in ("/wordings", FILING)]
    assert set(reads) == {200 if who in ("province", "admin", "auditor") else 403}
    tried = program.post(f"{FILING}/preview", TEXTS | {"project": 1}).status_code
    changed = [program.post(path, TEXTS).status_code for path in (FILING, f"{FILING}/reset")]
    allowed = who in ("province", "admin")
    assert (tried, changed) == ((200, [201, 201]) if allowed else (403, [403, 403]))
