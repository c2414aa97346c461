"""Mail without a server: files, and a list of whom to call."""

from __future__ import annotations

import re
import stat
from datetime import timedelta
from email import message_from_bytes
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from desk import FROM, Desk, day, morning, with_a_desk
from sqlalchemy import select, update

from notifications.by_hand import Exported, export, preview, reasons
from notifications.letters.drafts import Writer
from notifications.letters.masking import MASK
from notifications.letters.printing import plain
from states.terms import Action, Role
from workflow.mail.addresses import mark_address
from workflow.mail_tables import MAIL, REMINDER
from workflow.storage import STORAGE
from workflow.tables import PERSON

ON = "2025-08-15"


def carry(desk: Desk, folder: Path, on: str = ON, **how: Any) -> Exported:
    writer = Writer(desk.book, FROM, "https://yanxiu.example.cn")
    given: dict[str, Any] = {"data_dir": folder.parent / "data"} | how
    return export(desk.db, writer, folder, today=day(on), at=morning(on), **given)


class Rows(HTMLParser):
    """The cells of a page's table body."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.within = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.within = tag
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.within = ""

    def handle_data(self, data: str) -> None:
        if self.within == "td":
            self.rows[-1][-1] += data


def listed(folder: Path) -> list[list[str]]:
    page = (folder / "call-list.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|https?://|src=", page)
    return [row for row in Rows(page).rows if row]


def change(desk: Desk, number: int, **values: Any) -> None:
    with desk.db.write() as connection:
        connection.execute(update(MAIL).where(MAIL.c.id == number).values(values))


def test_each_waiting_mail_becomes_a_file(desk: Desk, tmp_path: Path) -> None:
    desk.plan({}, {"contact_email": "b@example.cn"})
    desk.sweep(ON)
    folder = tmp_path / "out" / "today"
    done = carry(desk, folder)
    first, second = desk.mails("id")
    assert done.files == ["call-list.html", f"mail-{first:06d}.eml", f"mail-{second:06d}.eml"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(done.files)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    raw = (folder / done.files[1]).read_bytes()
    assert message_from_bytes(raw)["To"].endswith("<a@example.cn>")
    assert bytes(desk.mails("content")[0]) == raw
    assert desk.mails("status") == ["pending", "pending"]


def test_no_planted_link_is_followed_and_nothing_is_marked(desk: Desk, tmp_path: Path) -> None:
    desk.plan({})
    desk.sweep(ON)
    folder, precious = tmp_path / "out", tmp_path / "precious"
    folder.mkdir()
    precious.write_text("precious")
    for name in (".mail-000001.eml.part", ".call-list.html.part"):
        (folder / name).symlink_to(precious)
    assert len(carry(desk, folder).files) == 2
    assert precious.read_text() == "precious"
    (folder / "call-list.html").unlink()
    (folder / "call-list.html").symlink_to(precious)
    with pytest.raises(OSError, match="call-list"):
        carry(desk, folder, mark=True)
    assert precious.read_text() == "precious"
    assert desk.mails("status") == ["pending"]


def test_a_file_says_how_things_stand_unless_a_server_may_have_the_mail(
    desk: Desk, tmp_path: Path
) -> None:
    desk.plan({}, {"contact_email": "b@example.cn"})
    desk.sweep(ON)
    done = carry(desk, tmp_path)
    first, second = ((tmp_path / name).read_bytes() for name in done.files[1:])
    change(desk, desk.mails("id")[1], handed=1)
    carry(desk, tmp_path, "2025-08-18")
    assert (tmp_path / done.files[1]).read_bytes() != first
    assert (tmp_path / done.files[2]).read_bytes() == second


def test_marked_mails_count_as_delivered(desk: Desk, tmp_path: Path) -> None:
    desk.plan({})
    desk.sweep(ON)
    carry(desk, tmp_path, mark=True, by="wang")
    assert desk.mails("status", "reason") == [("sent", "by_hand")]
    assert desk.attempts("outcome", "person", "reply") == [("by_hand", "wang", "mail-000001.eml")]
    assert carry(desk, tmp_path).files == ["call-list.html"]


def test_what_is_under_way_or_not_to_go_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    statuses = ("leased", "sent", "awaiting", "suppressed", "failed", "dead", "pending")
    desk.plan(*({"contact_email": f"{status}@example.cn"} for status in statuses))
    desk.sweep(ON)
    for number, to in desk.mails("id", "to_email"):
        change(
            desk,
            number,
            status=to.partition("@")[0],
            lease_until=morning(ON) + timedelta(minutes=5),
        )
    before = desk.mails("id", "status")
    done = carry(desk, tmp_path, mark=True)
    assert len(done.files) == 1 + 3
    after = dict(desk.mails("id", "status"))
    assert {status for number, status in before if after[number] == status} == {
        *("leased", "sent", "awaiting", "suppressed")
    }
    late = morning(ON) + timedelta(minutes=6)
    writer = Writer(desk.book, FROM, "")
    done = export(desk.db, writer, tmp_path, today=day(ON), at=late, data_dir=tmp_path)
    assert len(done.files) == 1 + 1  # whoever leased that one is gone


def test_what_is_settled_is_not_carried_out(desk: Desk, tmp_path: Path) -> None:
    [one] = desk.plan({})
    desk.sweep(ON)
    desk.do(one, Action.FILE, ON, by=Role.HOST)
    change(desk, desk.mails("id", purpose="result")[0], status="sent")
    done = carry(desk, tmp_path, mark=True)
    assert (done.files, len(done.outdated)) == (["call-list.html"], 1)
    assert desk.mails("status", "reason", purpose="reminder") == [("suppressed", "outdated")]
    assert [text.zh for text in reasons(done)] == [
        f"第{done.outdated[0]}号邮件所涉事项已办结或已变更，不再发送。"
    ]


def reminders(desk: Desk) -> list[Any]:
    with desk.db.read() as connection:
        return list(connection.execute(select(REMINDER).order_by(REMINDER.c.id)))


def test_who_looks_at_a_mail_whose_matter_is_settled_records_nothing(desk: Desk) -> None:
    [one] = desk.plan({})
    desk.sweep(ON)
    desk.do(one, Action.FILE, ON, by=Role.HOST)
    [number] = desk.mails("id", purpose="reminder")
    before = reminders(desk)
    writer = Writer(desk.book, FROM, "")
    assert preview(desk.db, writer, number, today=day(ON), at=morning(ON)) is None
    assert reminders(desk) == before


def test_a_database_that_fails_is_no_fault_of_a_mail(quick_desk: Desk, tmp_path: Path) -> None:
    quick_desk.plan({}, {"contact_email": "b@example.cn"})
    quick_desk.sweep(ON)
    with quick_desk.db.write() as connection:
        connection.exec_driver_sql("ALTER TABLE wording RENAME TO elsewhere")
    with pytest.raises(STORAGE):
        carry(quick_desk, tmp_path)
    assert quick_desk.mails("status") == ["pending", "pending"]


def test_a_mail_that_cannot_be_written_stops_none_of_the_others(desk: Desk, tmp_path: Path) -> None:
    desk.plan({}, {"contact_email": "b@example.cn"})
    desk.sweep(ON)
    broken, whole = desk.mails("id")
    change(desk, broken, to_role="nobody")
    done = carry(desk, tmp_path, mark=True)
    assert done.files == ["call-list.html", f"mail-{whole:06d}.eml"]
    assert set(done.failed) == {broken}
    assert len(listed(tmp_path)) == 2  # somebody is to hear of it all the same
    assert desk.mails("status") == ["pending", "sent"]


def test_a_look_at_a_mail_changes_nothing(desk: Desk) -> None:
    [one] = desk.plan({})
    desk.sweep(ON)
    [number] = desk.mails("id")
    writer = Writer(desk.book, FROM, "")
    told = {"today": day(ON), "at": morning(ON)}
    made = preview(desk.db, writer, number, **told)
    assert made is not None and "研修班1号" in made.subject
    desk.do(one, Action.FILE, ON, by=Role.HOST)
    before = desk.ledger("status", "mail_id")
    assert preview(desk.db, writer, number, **told) is None
    assert desk.ledger("status", "mail_id") == before
    assert desk.mails("content", id=number) == [None]


# -- The call list --------------------------------------------------------------------------------


def test_the_most_urgent_stands_first(desk: Desk, tmp_path: Path) -> None:
    late = {"opens_earliest": "2025-09-01", "opens_latest": "2025-09-01"}
    desk.plan({"contact_phone": "0591-1"}, late | {"planned_ends": "2025-09-04"})
    desk.staff()
    with desk.db.write() as connection:
        who = PERSON.c.login == "coordinator@example.cn"
        connection.execute(update(PERSON).where(who).values(phone="0591-2"))
    desk.sweep(ON)
    carry(desk, tmp_path)
    rows = listed(tmp_path)
    assert [row[4:6] for row in rows] == [
        ["2025年8月1日（周五）", "已逾期14天"],
        ["2025年8月1日（周五）", "已逾期14天"],
        ["2025年8月1日（周五）", "已逾期14天"],
        ["2025年8月15日（周五）", "今天"],
    ][-len(rows) :]
    by_unit = {row[0]: row for row in rows if "2号" in row[3]}
    assert by_unit["省林业局"][1:4] == ["王五", "0591-2", "“研修班2号”开班前报送"]
    assert rows[-1][:4] == ["甲单位", "张三", "0591-1", "“研修班1号”开班前报送"]
    assert rows[-1][6:] == [str(desk.mails("id", to_email="a@example.cn")[0]), ""]


def test_hosts_whom_no_mail_can_reach_are_called(desk: Desk, tmp_path: Path) -> None:
    desk.plan({"contact_email": None}, {"contact_email": "gone@example.cn"}, {})
    with desk.db.write() as connection:
        said = {"status": "5.1.1", "said": "unknown", "mail_id": None}
        mark_address(connection, "gone@example.cn", at=morning(ON), **said)
    desk.sweep(ON)
    carry(desk, tmp_path)
    rows = [row for row in listed(tmp_path) if row[0] == "甲单位"]
    assert [(row[3], row[6] != "") for row in rows] == [
        ("“研修班1号”开班前报送", False),
        ("“研修班2号”开班前报送", False),
        ("“研修班3号”开班前报送", True),
    ]
    one = desk.projects("id")[0]
    desk.do(one, Action.FILE, ON, by=Role.HOST)
    carry(desk, tmp_path)
    assert all("1号”开班前报送" not in row[3] for row in listed(tmp_path))


def test_nobody_is_late_on_the_list_with_what_no_notice_asks_for(
    desk: Desk, tmp_path: Path
) -> None:
    """The planned end of a class has passed: the list says so as the page of calls does."""
    desk.plan({"category": "ordinary", "contact_email": None})
    desk.sweep("2025-09-25")
    carry(desk, tmp_path, "2025-09-25")
    [row] = [row for row in listed(tmp_path) if "办班登记" in row[3]]
    assert row[4:6] == ["计划结束日2025年9月18日（周四）", "已过7天"]


def test_a_result_stands_on_the_list_without_a_day(desk: Desk, tmp_path: Path) -> None:
    [one] = desk.plan({"contact_phone": "0591-1"})
    desk.do(one, Action.REJECT, "2025-08-01", code="not_carried_out", text="未按计划完成")
    carry(desk, tmp_path, "2025-08-01")
    [row] = listed(tmp_path)
    assert row[:3] == ["甲单位", "张三", "0591-1"]
    assert "研修班1号" in row[3] and row[4:6] == ["", ""]


@pytest.mark.parametrize(
    "name", ['<script>alert("1")</script>', "</td></table>&amp;", "甲\u202e乙"]
)
def test_no_name_breaks_the_list(quick_desk: Desk, tmp_path: Path, name: str) -> None:
    quick_desk.plan({"name": name, "host": name})
    quick_desk.sweep(ON)
    carry(quick_desk, tmp_path)
    [row] = listed(tmp_path)
    assert (row[0], plain(name) in row[3], len(row)) == (plain(name), True, 8)


def test_the_list_holds_telephones_but_no_other_numbers(quick_desk: Desk, tmp_path: Path) -> None:
    account = "6222.0212.3456.7890"
    quick_desk.plan(
        {
            "name": f"研修班{account}",
            "host": f"甲单位{account}",
            "contact_name": f"张三{account}",
            "contact_phone": "138-0013-8000",
        }
    )
    quick_desk.sweep(ON)
    carry(quick_desk, tmp_path)
    [row] = listed(tmp_path)
    hidden = MASK.zh
    assert row[:4] == [
        f"甲单位{hidden}",
        f"张三{hidden}",
        "138-0013-8000",
        f"“研修班{hidden}”开班前报送",
    ]


def test_it_speaks_english_and_may_be_empty(quick_desk: Desk, tmp_path: Path) -> None:
    carry(quick_desk, tmp_path, language="en")
    page = (tmp_path / "call-list.html").read_text(encoding="utf-8")
    assert "There is nobody to call." in page
    assert listed(tmp_path) == []


ASK = "咨询单位：福建省人力资源和社会保障厅职业能力建设处"
REACH = "电话0591-00000000，邮箱gaoyan@example.cn，"
POST = "邮寄地址：福建省福州市示例区示例路1号，邮编000000（示例，请勿使用）"


def feet(folder: Path) -> list[str]:
    page = (folder / "call-list.html").read_text(encoding="utf-8")
    return re.findall(r"<p>(咨询单位.*|Office to ask.*)</p>", page)


def test_the_printed_list_says_whom_to_ask(desk: Desk, tmp_path: Path) -> None:
    """Issue 11, line 9: whoever is called is told where to ask and where papers go."""
    carry(desk, tmp_path)
    assert feet(tmp_path) == []  # nobody's plan: no office is known
    desk.plan({}, {"contact_email": "b@example.cn"})
    carry(desk, tmp_path)  # nobody to call yet
    assert feet(tmp_path) == [f"{ASK}，{REACH}{POST}"]
    desk.sweep(ON)
    carry(desk, tmp_path)
    assert feet(tmp_path) == [f"{ASK}，{REACH}{POST}"]
    carry(desk, tmp_path, language="en")
    assert len(feet(tmp_path)) == 1 and "telephone 0591-00000000, e-mail" in feet(tmp_path)[0]


def test_each_category_has_its_own_desk_on_the_printed_list(desk: Desk, tmp_path: Path) -> None:
    desk.book = with_a_desk(desk.book, tmp_path / "policies")
    desk.plan({}, {"contact_email": "b@example.cn", "category": "engineering"})
    desk.sweep(ON)
    carry(desk, tmp_path / "out")
    assert feet(tmp_path / "out") == [
        f"{ASK}（省级高级研修示范项目），{REACH}{POST}",
        f"{ASK}（工程领域专项），电话0591-11111111",
    ]
