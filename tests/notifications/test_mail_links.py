"""A link in a mail leads to the project and the form that its matter asks for, by reader."""

from __future__ import annotations

import re

import pytest
from desk import Desk, day
from test_application_window import applied, submit
from test_writer import ON, parsed, purposes, queue, written

from notifications.letters.drafts import Written
from states.terms import Act, Action, Role, State

SITE = "https://yanxiu.example.cn"


def links(mail: Written) -> list[str]:
    """Where the text leads; the HTML leads to the same."""
    shown = parsed(mail)
    pattern = rf"{re.escape(SITE)}[^\s\"<]*"
    told = re.findall(pattern, "".join(shown.text_plain))
    assert set(re.findall(rf'href="({pattern})"', "".join(shown.text_html))) == set(told)
    return [one.removeprefix(SITE) for one in told]


def led(desk: Desk, on: str, **where: object) -> list[list[str]]:
    """The links of each mail of a day."""
    found = desk.mails("id", on_date=day(on), **where)
    return [links(written(desk, mail_id, day(on))) for mail_id in found]


@pytest.mark.parametrize(
    ("on", "deed"),
    [
        ("2025-08-08", "file"),
        ("2025-09-12", "confirm_dates"),
        ("2025-11-21", "hold"),  # the class must end by 30 November
    ],
)
def test_a_host_is_led_to_the_form_that_the_reminder_is_about(
    quick_desk: Desk, on: str, deed: str
) -> None:
    [project] = quick_desk.plan({})
    quick_desk.sweep(on)
    [found] = led(quick_desk, on, to_role="host")
    assert f"/projects/{project}/do/{deed}" in found


def test_the_report_is_reminded_of_with_its_form(quick_desk: Desk) -> None:
    desk = quick_desk
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    busy = desk.sweep_daily("2025-09-22", "2025-10-31")
    assert [f"/projects/{project}/do/report"] in led(desk, busy[-1].isoformat())


def test_what_was_sent_back_leads_to_handing_it_in_again(quick_desk: Desk) -> None:
    """Both the mail of the send-back and the reminders of its day."""
    desk = quick_desk
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.do(project, Action.SEND_BACK, "2025-08-04", items="缺章", mend_by="2025-08-12")
    assert led(desk, "2025-08-04", notice="send_back") == [[f"/projects/{project}/do/file"]]
    busy = desk.sweep_daily("2025-08-05", "2025-08-12")
    assert [f"/projects/{project}/do/file"] in led(desk, busy[0].isoformat())


def test_a_result_leads_to_its_project(quick_desk: Desk) -> None:
    desk = quick_desk
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    assert led(desk, "2025-08-01", purpose="result") == [[f"/projects/{project}"]]


def test_an_official_is_led_to_the_review_that_is_theirs_and_else_to_the_project(
    quick_desk: Desk,
) -> None:
    desk = quick_desk
    desk.staff()
    [project] = applied(desk, "甲班")
    submit(desk, project, "2024-01-08")
    review, page = f"/projects/{project}/do/review", f"/projects/{project}"
    assert led(desk, "2024-01-08", to_role="coordinator") == [[review]]
    assert led(desk, "2024-01-08", to_role="host") == [[page]]
    desk.sweep_daily("2024-01-09", "2024-01-22")
    assert led(desk, "2024-01-18", to_role="coordinator") == [[review]]
    assert led(desk, "2024-01-22", to_role="province") == [[page]]  # which waits


def test_the_province_is_led_to_what_it_alone_may_still_take(quick_desk: Desk) -> None:
    desk = quick_desk
    desk.staff()
    [project] = applied(desk, "甲班")
    submit(desk, project, "2024-01-16")
    assert led(desk, "2024-01-16", to_role="coordinator") == [[f"/projects/{project}"]]


def test_each_of_several_matters_has_its_own_link_and_the_button_leads_home(
    quick_desk: Desk,
) -> None:
    desk = quick_desk
    first, second = desk.plan({}, {})
    desk.sweep("2025-08-08")
    [found] = led(desk, "2025-08-08", to_role="host")
    assert found == [f"/projects/{first}/do/file", f"/projects/{second}/do/file", ""]


def test_each_line_of_a_digest_leads_to_its_project_or_move(quick_desk: Desk) -> None:
    desk = quick_desk
    desk.staff()
    [waits] = applied(desk, "甲班")
    submit(desk, waits, "2024-01-08")
    since = {"departments": ["省林业局"], "since": "2024-01-02T08:30:00+08:00"}
    mail = written(desk, queue(desk, "digest", since), day("2024-01-09"))
    page = f"/projects/{waits}"
    assert set(links(mail)) == {f"{page}/do/review", page, ""}


def test_an_alarm_leads_to_its_project(quick_desk: Desk) -> None:
    assert links(written(quick_desk, purposes(quick_desk)["alarm"])) == ["/projects/1"]


def test_an_alarm_of_several_projects_leads_to_the_mail_that_it_is_about(quick_desk: Desk) -> None:
    about = {"what": "marked", "address": "a@example.cn", "said": "550", "mail_id": 7}
    projects = [{"id": 1, "name": "甲班"}, {"id": 2, "name": "乙班"}]
    alarm = queue(quick_desk, "alarm", about | {"projects": projects})
    assert links(written(quick_desk, alarm)) == ["/mail/7"]


def test_where_hosts_cannot_reach_the_pages_only_officials_get_links(quick_desk: Desk) -> None:
    """Every purpose: a host's mail has no link and still says where the papers go."""
    for purpose, mail_id in purposes(quick_desk).items():
        mail = written(quick_desk, mail_id, hosts_online=False)
        to_host = purpose in ("reminder", "result", "test")
        shown = parsed(mail)
        whole = "".join(shown.text_plain) + "".join(shown.text_html)
        assert (SITE not in whole) is to_host, purpose
        assert ("href" not in whole) is to_host, purpose


def test_a_host_who_cannot_reach_the_pages_is_told_papers_and_where_they_go(
    quick_desk: Desk,
) -> None:
    """In the receipt of a step the papers that come next, and the post address and mailbox of each
    destination; in a reminder the same of what it is about."""
    desk = quick_desk
    [project] = desk.plan({})
    desk.do(project, Act.CONFIRM_DATES, "2025-08-01", opens="2025-09-15", ends="2025-09-18")
    [number] = desk.mails("id", to_role="host")
    offline = parsed(written(desk, number, day("2025-08-01"), hosts_online=False)).text_plain[0]
    category = desk.policy.categories["demonstration"]
    desk_of_it, reports = desk.policy.desk(category), desk.policy.reports_to(category)
    for said in (
        "所需材料：开班通知、",
        "学员和工作人员签到表",
        desk_of_it.post.zh,
        reports.post.zh,
    ):
        assert said in offline, said
    assert desk_of_it.mailbox in offline and reports.mailbox in offline
    online = parsed(written(desk, number, day("2025-08-01"))).text_plain[0]
    assert desk_of_it.post.zh not in online and "所需材料" not in online
    desk.sweep("2025-08-08")
    [reminder] = desk.mails("id", purpose="reminder")
    text = parsed(written(desk, reminder, hosts_online=False)).text_plain[0]
    for said in ("1. 开班通知", f"纸质材料寄送：{desk_of_it.post.zh}", "电子版发送至"):
        assert said in text


def test_what_the_ministry_pays_goes_to_its_own_destination(quick_desk: Desk) -> None:
    desk = quick_desk
    [project] = desk.plan({"category": "national_funded"})
    desk.do(project, Act.CONFIRM_DATES, "2025-08-01", opens="2025-09-15", ends="2025-09-18")
    [number] = desk.mails("id", to_role="host")
    text = parsed(written(desk, number, day("2025-08-01"), hosts_online=False)).text_plain[0]
    category = desk.policy.categories["national_funded"]
    [report] = [line for line in text.splitlines() if "报销材料" in line and "截止日" in line]
    assert desk.policy.reports_to(category).post.zh in report
    assert desk.policy.desk(category).post.zh not in report


def test_no_link_where_the_installation_knows_no_address(quick_desk: Desk) -> None:
    for mail_id in purposes(quick_desk).values():
        shown = parsed(written(quick_desk, mail_id, ON, base_url=""))
        assert "href" not in "".join(shown.text_html)


def test_a_base_with_a_path_and_a_slash_at_its_end(quick_desk: Desk) -> None:
    [project] = quick_desk.plan({"state": State.PLANNED})
    quick_desk.sweep("2025-08-08")
    [mail_id] = quick_desk.mails("id")
    mail = written(quick_desk, mail_id, base_url="https://oa.example.cn/yanxiu/")
    assert f"https://oa.example.cn/yanxiu/projects/{project}/do/file" in parsed(mail).text_plain[0]
