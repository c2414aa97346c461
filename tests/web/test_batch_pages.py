"""Batches as pages: prepared, previewed, published; who may; what is said when it fails."""

from __future__ import annotations

import re

import pytest
from stories import OFFICE, WANG
from visits import House, Visit, words

from states.terms import Act, Role
from workflow.office_tables import BATCH, LINE

OTHER = "厦门市人社局"


@pytest.fixture
def wang(house: House) -> Visit:
    return house.visit(house.person("wang", (Role.PROVINCE, ""), name="王经办"))


def projects(house: House, state: str, count: int = 3) -> list[int]:
    found = []
    for n in range(count):
        one = house.desk.admit(name=f"研修班{n}", contact_email=f"c{n}@example.cn")
        house.desk.live(one, state)
        found.append(one)
    return found


def started(visit: Visit, deed: str, chosen: list[int], title: str = "第一批") -> str:
    answer = visit.post("/batches", {"deed": deed, "title": title, "project": chosen})
    assert answer.status_code == 303
    return answer.headers["location"]


def shown(visit: Visit, where: str) -> str:
    found = re.search(r'name="shown" value="(\w+)"', visit.get(f"{where}/preview").text)
    assert found is not None
    return found[1]


def publish(visit: Visit, where: str) -> str:
    answer = visit.post(f"{where}/publish", {"shown": shown(visit, where)})
    assert answer.status_code == 303, words(answer)
    return answer.headers["location"]


def states(house: House, chosen: list[int]) -> list[str]:
    return [house.desk.show(one)["state"] for one in chosen]


def test_a_plan_from_choosing_to_publishing(house: House, wang: Visit) -> None:
    chosen = projects(house, "reviewed")
    where = started(wang, "plan", [])
    assert where == "/batches/1/add"
    page = words(wang.get(where))
    assert [f"研修班{n}" in page for n in range(3)] == [True] * 3
    wang.post(where, {"project": chosen})
    filled = {"title": "2025年计划", "document_number": "闽人社〔2025〕1号", "from": "5"}
    answer = wang.post("/batches/1", {**filled, "then": "number"})
    assert answer.headers["location"] == "/batches/1"
    assert publish(wang, "/batches/1") == "/batches/1"
    assert [house.desk.show(one)["number"] for one in chosen] == [5, 6, 7]
    page = words(wang.get("/batches/1"))
    assert ("已公布" in page, "闽人社〔2025〕1号" in page, page.count("已列入年度计划")) == (
        True,
        True,
        6,
    )


def test_lines_move_up_and_down_and_out(house: House, wang: Visit) -> None:
    one, two, three = projects(house, "reviewed")
    where = started(wang, "plan", [one, two, three])

    def order() -> list[int]:
        found = re.findall(r'name="place\.(\d+)"', wang.get(where).text)
        return [int(number) for number in found]

    for then, expected in (
        (f"up:{three}", [one, three, two]),
        (f"down:{one}", [three, one, two]),
        (f"remove:{one}", [three, two]),
    ):
        wang.post(where, {"title": "x", "then": then})
        assert order() == expected
    wang.post(where, {"title": "x", f"place.{two}": "1", "then": "save"})
    assert order() == [two, three]


def test_what_is_wrong_is_told_beside_the_field_and_kept(house: House, wang: Visit) -> None:
    [one] = projects(house, "reported", 1)
    where = started(wang, "subsidise", [one])
    wang.post(where, {"title": "x", f"amount.{one}": "四万", "then": "preview"})
    page = wang.get(where)
    assert 'value="四万" inputmode="decimal" autocomplete="off" aria-invalid="true"' in page.text
    assert "不是有效金额" in words(page)


def test_the_preview_says_what_is_in_the_way_and_offers_no_button(
    house: House, wang: Visit
) -> None:
    chosen = projects(house, "reported", 2)
    where = started(wang, "subsidise", chosen)
    wang.post(where, {"title": "x", f"amount.{chosen[0]}": "60000", "then": "save"})
    page = wang.get(f"{where}/preview")
    said = words(page)
    assert "补助60,000元超过每期上限50,000元。 依据：2025年实施通知" in said
    assert "缺：补助金额（元）。" in said
    assert 'name="shown"' not in page.text


def test_a_failing_line_is_named_and_nothing_is_done(house: House, wang: Visit) -> None:
    chosen = projects(house, "reviewed", 2)
    where = started(wang, "plan", chosen)
    wang.post(where, {"title": "x", "from": "1", "then": "number"})
    seen = shown(wang, where)
    house.desk.do(chosen[1], Act.HAND_OVER, WANG, "2025-03-01", contact_name="新联系人")
    answer = wang.post(f"{where}/publish", {"shown": seen})
    said = words(answer)
    assert answer.status_code == 409
    assert "没有公布：1个项目不能办理（“研修班1”）" in said
    assert ("更换联系人" in said, states(house, chosen)) == (True, ["reviewed"] * 2)
    wang.post(where, {"title": "x", "then": f"seen:{chosen[1]}", **numbered(chosen)})
    publish(wang, where)
    assert states(house, chosen) == ["planned"] * 2


def numbered(chosen: list[int]) -> dict[str, str]:
    return {f"number.{one}": str(n) for n, one in enumerate(chosen, start=1)}


def test_the_second_to_publish_sees_that_it_is_done(house: House, wang: Visit) -> None:
    chosen = projects(house, "reviewed", 1)
    where = started(wang, "plan", chosen)
    wang.post(where, {"title": "x", **numbered(chosen), "then": "save"})
    seen = shown(wang, where)
    zhou = house.visit(house.person("zhou", (Role.PROVINCE, "")))
    publish(zhou, where)
    answer = wang.post(f"{where}/publish", {"shown": seen})
    assert answer.status_code == 409


def test_money_is_proposed_by_one_and_completed_by_another(house: House, wang: Visit) -> None:
    chosen = projects(house, "reported", 2)
    where = started(wang, "subsidise", chosen)
    amounts = {f"amount.{one}": "48000" for one in chosen}
    wang.post(where, {"title": "x", **amounts, "then": "save"})
    page = words(wang.get(f"{where}/preview"))
    assert ("96,000.00 合计（元）" in page, "提交另一人复核" in page) == (True, True)
    publish(wang, where)
    assert 'name="shown"' not in wang.get(f"{where}/preview").text
    zhou = house.visit(house.person("zhou", (Role.PROVINCE, "")))
    assert "复核并公布" in words(zhou.get(f"{where}/preview"))
    publish(zhou, where)
    assert states(house, chosen) == ["subsidised"] * 2


def test_a_coordinator_recommends_with_a_letter(house: House) -> None:
    chen = house.visit(house.person("chen", (Role.COORDINATOR, OFFICE)))
    chosen = projects(house, "submitted", 2)
    where = started(chen, "review", chosen)
    letter = {"letter": ("推荐函（盖章）.pdf", b"%PDF-1.4 stamped", "application/pdf")}
    form = {"title": "推荐", "opinion": "同意推荐", "then": "preview"}
    answer = chen.client.post(where, data={"csrf": chen.csrf, **form}, files=letter)
    assert answer.headers["location"] == f"{where}/preview"
    publish(chen, where)
    papers = [house.desk.show(one)["papers"]["recommendation_letter"] for one in chosen]
    assert [paper["name"] for paper in papers] == ["推荐函（盖章）.pdf"] * 2
    digest = papers[0]["sha256"]
    kept = house.folder / "papers" / digest[:2] / digest
    assert kept.read_bytes() == b"%PDF-1.4 stamped"


def test_who_may_not_is_told_so(house: House, wang: Visit) -> None:
    where = started(wang, "plan", projects(house, "reviewed", 1))
    coordinator = house.visit(house.person("xu", (Role.COORDINATOR, OTHER)))
    host = house.visit(house.person("lin", (Role.HOST, "福建理工大学")))
    auditor = house.visit(house.person("he", (Role.AUDITOR, "")))
    assert coordinator.get(where).status_code == 404
    assert coordinator.post(f"{where}/drop").status_code == 404
    assert coordinator.post("/batches", {"deed": "plan"}).status_code == 403
    assert host.get("/batches").status_code == 403
    assert (auditor.get(where).status_code, auditor.post(f"{where}/drop").status_code) == (200, 403)
    assert wang.get("/batches/99").status_code == 404
    assert wang.get(f"/batches/{2**70}").status_code == 404
    assert wang.client.post(f"{where}/drop").status_code == 403  # without the session's token


def test_a_dropped_batch_is_past_everything(house: House, wang: Visit) -> None:
    where = started(wang, "plan", projects(house, "reviewed", 1))
    assert wang.post(f"{where}/drop").headers["location"] == "/batches"
    assert wang.post(where, {"title": "x", "then": "save"}).status_code == 409
    assert wang.post(f"{where}/drop").status_code == 409
    assert "已作废" in words(wang.get("/batches"))


def test_a_batch_takes_no_more_than_its_most(house: House, wang: Visit) -> None:
    first = house.desk.admit(name="研修班")
    house.desk.live(first, "reviewed")
    where = started(wang, "plan", [first])
    assert house.desk.count(LINE) == 1
    many = [house.desk.admit(name=f"班{n}", state="reviewed") for n in range(200)]
    answer = wang.post(f"{where}/add", {"project": many})
    assert (answer.status_code, house.desk.count(LINE)) == (303, 1)
    assert house.desk.count(BATCH) == 1
    assert "一批最多200个项目" in words(wang.get(where))
