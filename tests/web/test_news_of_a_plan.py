"""通知承办单位: the button, the mail, and the one button in it that confirms."""

from __future__ import annotations

import re
from datetime import date
from email import message_from_bytes, policy
from typing import Any

from callers import caller
from rooms import check_html
from sqlalchemy import select
from visits import House, words

from notifications.letters.drafts import Writer
from states.terms import Amendment, Role
from workflow.engine import amend, situation
from workflow.mail_tables import MAIL

PROVINCE = (Role.PROVINCE, "")
LINK = re.compile(r"http://testserver(/received/\d+/[0-9a-f]{32})")


def imported(house: House, **known: Any) -> int:
    return house.desk.admit(state="planned", number=7, untold=True, **known)


def letter(house: House, base_url: str = "http://testserver", **settings: Any) -> Any:
    """The mail as it goes out."""
    writer = Writer(house.desk.book, "省厅 <office@example.cn>", base_url, enclose=True, **settings)
    with house.desk.db.write() as connection:
        mail = connection.execute(select(MAIL)).one()
        written = writer.write(connection, mail, today=house.day, at=house.at)
    assert written is not None
    return message_from_bytes(written.content, policy=policy.default)


def test_a_host_who_cannot_reach_the_pages_confirms_by_answering(house: House) -> None:
    imported(house)
    house.visit(house.person("wang", PROVINCE)).post("/announce")
    text = text_of(letter(house, hosts_online=False))
    assert "确认方式：收到后请直接回复本邮件“已收到”，或致电咨询单位" in text
    assert "http" not in text
    assert "确认方式" not in text_of(letter(house))


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def told(house: House, **known: Any) -> tuple[int, str]:
    """A project whose host was told, and the path in the mail."""
    project = imported(house, **known)
    visit = house.visit(house.person("wang", PROVINCE))
    visit.post("/announce")
    found = LINK.search(text_of(letter(house)))
    assert found
    return project, found[1]


def test_the_province_presses_one_button(house: House) -> None:
    imported(house)
    imported(house, name="乙班", contact_email=None)
    visit = house.visit(house.person("wang", PROVINCE))
    page = visit.get("/")
    check_html(page)
    assert "还有2个项目没有通知承办单位" in words(page)
    assert visit.post("/announce").headers["location"] == "/"
    page = visit.get("/")
    assert "已办理2个项目的通知，其中1个没有可用的邮箱，请电话通知。" in words(page)
    assert "没有通知承办单位" not in words(visit.get("/"))


def test_the_button_is_the_provinces(house: House) -> None:
    imported(house)
    coordinator = house.visit(house.person("chen", (Role.COORDINATOR, "省教育厅")))
    assert "通知承办单位" not in words(coordinator.get("/"))
    assert coordinator.post("/announce").status_code == 403
    assert house.visit().post("/announce").status_code in (303, 403)


def test_the_history_says_that_nobody_was_told(house: House) -> None:
    project = imported(house)
    visit = house.visit(house.person("wang", PROVINCE))
    assert "未发送：尚未通知承办单位列入计划" in words(visit.get(f"/projects/{project}/history"))
    visit.post("/announce")
    assert "尚未通知承办单位" not in words(visit.get(f"/projects/{project}/history"))


def test_the_mail_has_the_dates_the_timetable_and_one_button(house: House) -> None:
    told(house)
    mail = letter(house)
    assert mail["subject"] == "【列入计划】“智能制造高级研修班”已列入年度计划，请确认收到"
    text = text_of(mail)
    for part in ("计划序号：7", "2025年5月12日", "4月11日", "项目时间表", "已收到"):
        assert part in text + str(mail.get_body(("html",)).get_content()), part
    assert "已收到（请打开此链接）：http://testserver/received/" in text
    assert "办理地址" not in text  # that address asks for nothing but the one button
    assert "项目时间表.docx" in [part.get_filename() for part in mail.iter_attachments()]
    html = str(mail.get_body(("html",)).get_content())
    assert len(set(re.findall(r'href="([^"]*)"', html))) == 1


def test_a_scanner_confirms_nothing_and_the_host_does(house: House) -> None:
    project, path = told(house)
    stranger = house.visit()
    for _ in range(3):
        page = stranger.get(path)
        check_html(page)
        assert page.status_code == 200
        assert stranger.client.head(path).status_code in (200, 405)
    assert "acknowledged_on" not in house.desk.show(project)
    assert page.text.count("<button") == 2  # the language, and 已收到
    thanks = stranger.client.post(path)
    assert "已于4月1日（周二）确认收到" in words(thanks) or "确认收到，谢谢" in words(thanks)
    shown = house.desk.show(project)
    assert shown["acknowledged_on"] == "2025-04-01"
    assert shown["history"][-1]["deed"] == "acknowledge"
    reader = house.visit(house.person("lin", PROVINCE))
    said = words(reader.get(f"/projects/{project}/history"))
    assert (
        "邮件收件人（凭邮件中的按钮） · 承办单位" in said
    )  # nobody signed in, at no machine of ours
    assert "本机操作员" not in said.partition("通知承办单位")[0]
    version = shown["version"]
    assert "确认收到，谢谢" in words(stranger.client.post(path))  # once more changes nothing
    assert house.desk.show(project)["version"] == version
    assert house.desk.complaints() == []


def test_another_link_opens_nothing(house: House) -> None:
    project, path = told(house)
    guess = path[:-1] + ("0" if path[-1] != "0" else "1")
    for wrong in (guess, "/received/999/" + "0" * 32, "/received/1/x", "/received/0/" + "a" * 32):
        assert house.visit().get(wrong).status_code == 404
        assert house.visit().client.post(wrong).status_code == 404
    assert "acknowledged_on" not in house.desk.show(project)


def test_the_lists_as_text_on_a_page(house: House) -> None:
    house.desk.admit(state="planned", number=1, name="数控研修班")
    house.day = date(2025, 4, 21)
    visit = house.visit(house.person("wang", PROVINCE))
    for path in ("/calls/text", "/calls/text?late=1"):
        page = visit.get(path)
        check_html(page)
        text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
        assert text
        assert "“数控研修班”开班前报送，截止日4月12日" in text[1]
        assert "http" not in text[1]
    assert house.visit(house.person("lin", (Role.HOST, "甲"))).get("/calls/text").status_code == 403


def test_a_program_tells_and_reads_the_lists(house: House) -> None:
    one, two = imported(house), imported(house, name="乙班")
    program = caller(house, "province")
    assert program.get("/announcements").json() == {"projects": [one, two]}
    answer = program.post("/announcements", {"projects": [two, 99]}).json()
    assert answer == {"told": [two], "unreached": []}
    assert program.post("/announcements", {}).json()["told"] == [one]
    house.day = date(2025, 4, 21)
    assert "数控" not in program.get("/calls/text").json()["text"]
    assert "智能制造高级研修班" in program.get("/calls/text?late=true").json()["text"]


def test_the_button_of_an_earlier_mail_confirms_no_new_dates(house: House) -> None:
    """Issue 11, line 3: it told of other days, also once the later mail is out."""
    project, path = told(house)
    moved = {"untold": True, "planned_ends": "2025-09-19"}
    how: dict[str, Any] = {"what": Amendment.REISSUED, "row": 2, "differs": ""}
    with house.desk.db.write() as connection:
        amend(connection, house.desk.book, project, moved, **how, today=house.day, at=house.at)
    for _ in range(2):
        for answer in (house.visit().get(path), house.visit().post(path)):
            assert "请以之后的邮件为准" in words(answer) and ">已收到<" not in answer.text
        with house.desk.db.read() as connection:
            assert situation(connection, house.desk.book, project)[0].acknowledged_on is None
        house.visit(house.person(f"wang{_}", PROVINCE)).post("/announce")
