"""One small office in the summer of 2025, the same each time: projects in all states, one with a
flag, one that waits for a second person, a plan that was imported with remarks, mails that were sent,
that failed and that wait. All of it is made up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from callers import Caller
from openpyxl import Workbook
from sqlalchemy import select
from starlette.testclient import TestClient
from stories import AUDITOR, CLERK, COORDINATOR, WANG, WHOLE_LIFE, ZHOU
from visits import House

from config.settings import Settings
from notifications.mailbox import Mailbox
from notifications.worker import Worker
from states.terms import Role
from workflow.accounts.passwords import set_password
from workflow.accounts.tokens import make_token
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import read_plan
from workflow.mail.addresses import mark_address
from workflow.mail_tables import MAIL
from workflow.office_tables import TokenScope
from workflow.people import Actor

TODAY = date(2025, 7, 3)
ADMIN = Actor("admin", "系统管理员", ((Role.ADMIN, ""),))
PEOPLE = (CLERK, COORDINATOR, WANG, ZHOU, AUDITOR, ADMIN)
PASSWORD = "correct horse battery"
# How far each project has come, and its name. PROPOSED: one of two has decided on the subsidy.
PROPOSED = "proposed"
PROJECTS = {
    "drafted": "智能制造高级研修班",
    "submitted": "海洋装备高级研修班",
    "reviewed": "生物育种高级研修班",
    "planned": "数字孪生高级研修班",
    "filed": "绿色建筑高级研修班",
    "held": "公共卫生高级研修班",
    PROPOSED: "集成电路高级研修班",
    "subsidised": "智慧林业高级研修班",
}
GONE = {"contact_name": "高老师", "contact_email": "gone@example.invalid"}  # where no mail arrives
ANNOUNCED = "2025-06-17"
# When mail goes out: a worker that had slept for longer would ask whether its clock is right.
MAILED = ("2025-01-09", "2025-02-21", "2025-04-16", "2025-05-19", ANNOUNCED, "2025-07-01")
FEW = 26  # trainees of the class that is flagged for it
PLAN = (
    ("序号", "项目名称", "项目类别", "承办单位", "举办时间", "计划人数", "联系邮箱"),
    (
        21,
        "储能技术高级研修班",
        "省级高级研修示范项目",
        "福州示例学院",
        "9月15日-18日",
        40,
        "zhang@example.cn",
    ),
    (
        22,
        "古建保护高级研修班",
        "省级高级研修普通项目",
        "泉州示例公司",
        "10月中旬",
        30,
        "gone@example.invalid",
    ),
    (
        23,
        "康复医学高级研修班",
        "省级高级研修普通项目",
        "漳州示例医院",
        "2月30日",
        30,
        "li@example.cn",
    ),
)


def plan_file(path: Path, *rows: tuple[Any, ...]) -> Path:
    """A workbook with the rows of a plan, usually those of PLAN."""
    book = Workbook()
    assert book.active is not None
    for row in rows or PLAN:
        book.active.append(row)
    book.save(path)
    return path


@dataclass
class Scene:
    """`ids`: of a project how far it has come or its name, of a mail what has become of it -> the id, of
    mails the first; `kept`: the data folder as it was left."""

    house: House
    folder: Path
    ids: dict[str, int] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.on("2025-01-06")
        for person in PEOPLE:
            self.callers[person.login] = self._enrolled(person)
        for until, name in PROJECTS.items():
            more = GONE if until == "filed" else {}
            self.ids[until] = self.house.desk.admit(name=name, **more)
        with self.mail_server() as send:
            for first, last in pairwise(("2025-01-06", *MAILED)):
                self.lead(first, last)
                if last == ANNOUNCED:
                    self.take_in_a_plan()
                send(last)
            self.lead(MAILED[-1], "2025-07-03")
            self.afternoon()
        self.on(TODAY.isoformat())
        self.kept = self.folder.with_name("kept")
        self.house.desk.db.close()  # so that its file is whole
        shutil.copytree(self.folder, self.kept)

    def on(self, day: str, at: time = time(1)) -> None:
        """It is nine o'clock of that day in China, unless another time is said, in UTC."""
        self.house.day = date.fromisoformat(day)
        self.house.at = datetime.combine(self.house.day, at, UTC)

    def post(self, who: str, path: str, body: dict[str, Any]) -> Any:
        answer = self.callers[who].post(path, body)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    def do(self, who: str, project: int, what: str, papers: Any = (), **given: Any) -> None:
        """A step or an act by the API, a minute after what was done before."""
        self.house.at += timedelta(minutes=1)
        program = self.callers[who]
        kept = {key: program.upload(f"{key}.pdf", key.encode()) for key in papers}
        fields = {key: _typed(key, value) for key, value in given.items()}
        path = f"/projects/{project}/actions/{what}"
        self.post(who, path, {"fields": fields, "papers": kept})

    def lead(self, first: str, last: str) -> None:
        """What happens to the projects from one day until another."""
        for what, by, on, papers, given in WHOLE_LIFE:
            if not first <= on < last:
                continue
            self.on(on)
            for until in PROJECTS:
                number = self.ids[until]
                if self.house.desk.show(number)["state"] == until:
                    continue
                if until == PROPOSED and by is ZHOU:
                    continue
                more: dict[str, Any] = {"number": 6 + number} if what == "plan" else {}
                more |= {"trainees": FEW} if what == "hold" and until == "held" else {}
                self.do(by.login, number, what, papers, **(given | more))

    def take_in_a_plan(self) -> None:
        """Two of its three rows, one of which has no exact days; the host of one is told."""
        self.on(ANNOUNCED, time(0, 30))
        desk, policy = self.house.desk, self.house.desk.book.policy("fujian-2025")
        plan = read_plan(plan_file(self.folder.parent / "plan.xlsx"), policy)
        when: dict[str, Any] = {"today": self.house.day, "at": self.house.at}
        apply_plan(desk.db, desk.book, policy, plan, skip_bad_rows=True, **when)
        for project in self.callers["wang"].get("/projects?limit=50").json()["items"]:
            self.ids.setdefault(project["name"], project["id"])
        self.post("wang", "/announcements", {"projects": [self.ids[PLAN[1][1]]]})

    @contextmanager
    def mail_server(self) -> Iterator[Any]:
        """Gives what sends the mail of a day; an address that cannot exist is refused."""
        desk = self.house.desk
        with Mailbox(self.folder / "mailbox") as box:
            settings = Settings(
                data_dir=self.folder, smtp_port=box.port, base_url="https://yanxiu.example.cn"
            )

            def send(day: str) -> None:
                self.on(day, time(0, 35))
                said: list[Any] = []
                told = lambda *what: said.append(what)  # noqa: E731
                done = Worker(desk.db, desk.book, settings, lambda: self.house.at, told).once()
                assert done["sent"] > 0, (done, said)

            yield send

    def afternoon(self) -> None:
        """What people do beside the projects' own steps."""
        self.on("2025-07-02", time(7))
        extended = {"kind": "filing", "due_on": "2025-07-10", "reason": "台风"}
        self.do("wang", self.ids["planned"], "extend", **extended)
        self.post("chen", "/batches", {"deed": "review", "projects": [self.ids["submitted"]]})
        chosen = [self.ids["reviewed"]]
        self.post("wang", "/batches", {"deed": "plan", "title": "第二批计划", "projects": chosen})
        self.post("wang", "/batches/2", {"number_from": 0})
        view = {"name": "待核定", "search": "state=reported", "shared": True}
        self.post("wang", "/views", view)
        self.post("wang", "/webhooks", {"url": "https://hooks.example.cn/yanxiu"})
        wording = {"subject": "请报送“{{ name }}”开班材料", "lead": "请于{{ by_long }}前报送。"}
        self.post("wang", "/wordings/filing/zh", wording)
        self.sign_in()
        with self.house.desk.db.write() as connection:
            said: dict[str, Any] = {"status": "5.1.1", "said": "550 5.1.1 no such user"}
            mark_address(connection, PLAN[1][-1], **said, mail_id=None, at=self.house.at)
        waiting = self.known_mails()["pending"]
        self.post("wang", f"/mail/{waiting}/hold", {"note": "待核对日期后再发"})
        self.ids |= self.known_mails()

    def known_mails(self) -> dict[str, int]:
        """What has become of a mail -> the id of the first such."""
        found: dict[str, int] = {}
        query = select(MAIL.c.id, MAIL.c.status).order_by(MAIL.c.id)
        with self.house.desk.db.read() as connection:
            for number, status in connection.execute(query):
                found.setdefault(str(status), number)
        return found

    def sign_in(self) -> None:
        person = self.callers["wang"].person
        with self.house.desk.db.write() as connection:
            set_password(connection, person, PASSWORD, at=self.house.at)
        form = {"login": "wang", "password": PASSWORD}
        assert self.house.visit().post("/sign-in", form).status_code == 303

    def _enrolled(self, who: Actor) -> Caller:
        """A person who calls by a token of his."""
        email = f"{who.login}@example.cn"
        person = self.house.person(who.login, *who.grants, name=who.name, email=email)
        ends_at = datetime.combine(date(2025, 12, 31), time(), UTC)
        with self.house.desk.db.write() as connection:
            how: dict[str, Any] = {"ends_at": ends_at, "at": self.house.at}
            secret = make_token(connection, person, "业务系统", TokenScope.WRITE, **how)
        client = TestClient(self.house.app, follow_redirects=False)
        return Caller(client, secret, person)


def _typed(key: str, value: Any) -> Any:
    """As a program sends it."""
    if key == "amount":
        return value // 100
    return value.isoformat() if isinstance(value, date) else value
