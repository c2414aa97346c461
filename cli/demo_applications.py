"""The second round of applications in the demonstration's year: who applied, what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from cli.demo_acts import COORDINATOR, FILED, HOST, ONE, TWO, Line, line
from states.terms import Action

A = Action
QUANZHOU, HEALTH = "泉州市人力资源和社会保障局", "省卫生健康委"


@dataclass(frozen=True, slots=True)
class Application:
    """A draft of one of the plan's hosts: of the contact of that project of the plan."""

    name: str
    contact_of: int
    department: str
    category: str
    opens: str
    ends: str
    trainees: int
    place: str
    drafted_on: str


def asked(
    name: str, contact_of: int, department: str, category: str, days: tuple[str, str], on: str
) -> Application:
    opens, ends = (f"2025-{day}" for day in days)
    return Application(
        f"{name}高级研修班", contact_of, department, category, opens, ends, 40, "福州市", on
    )


APPLICATIONS: tuple[Application, ...] = (
    asked("医学影像人工智能", 9, HEALTH, "ordinary", ("11-17", "11-20"), "2025-09-18"),
    asked("低空经济与无人系统", 84, QUANZHOU, "ordinary", ("11-12", "11-15"), "2025-08-28"),
    asked("陶瓷新材料", 58, QUANZHOU, "ordinary", ("11-05", "11-08"), "2025-08-20"),
    asked("鞋服智能设计", 11, QUANZHOU, "engineering", ("11-19", "11-22"), "2025-09-12"),
    asked("海洋生物医药", 66, HEALTH, "ordinary", ("11-10", "11-13"), "2025-09-08"),
    asked("古建筑保护技术", 46, QUANZHOU, "ordinary", ("11-14", "11-17"), "2025-09-10"),
    asked("卫星导航应用", 52, QUANZHOU, "demonstration", ("11-24", "11-27"), "2025-08-20"),
    asked("老年健康与康复护理", 62, HEALTH, "ordinary", ("11-18", "11-21"), "2025-08-22"),
    asked("跨境电商实务", 64, QUANZHOU, "ordinary", ("10-28", "10-31"), "2025-08-18"),
    asked("智慧水务", 32, QUANZHOU, "ordinary", ("11-03", "11-06"), "2025-08-12"),
    asked("短视频运营", 28, QUANZHOU, "ordinary", ("10-20", "10-23"), "2025-08-15"),
    asked("急诊急救能力提升", 7, HEALTH, "demonstration", ("10-14", "10-17"), "2025-08-04"),
    asked("基层中医药服务", 14, HEALTH, "demonstration", ("11-18", "11-21"), "2025-08-06"),
    asked("工业软件自主可控", 34, QUANZHOU, "demonstration", ("11-10", "11-13"), "2025-08-05"),
)
FORM = "application_form"
PLAN_LETTER = "示例文号〔2025〕36号"


def _sent(name: str, on: str) -> Line:
    return line(f"{name}高级研修班", on, HOST, A.SUBMIT, FORM)


def _recommended(name: str, on: str, opinion: str) -> Line:
    return line(f"{name}高级研修班", on, COORDINATOR, A.REVIEW, opinion=opinion)


def _planned(name: str, on: str, number: int) -> Line:
    title = f"{name}高级研修班"
    return line(title, on, ONE, A.PLAN, number=str(number), document_number=PLAN_LETTER)


GOOD = "选题符合范围，师资落实，同意推荐。"
ROUND: tuple[Line, ...] = (
    # Sent back by the coordinator: one still in time, one not mended.
    _sent("低空经济与无人系统", "2025-09-02"),
    line(
        "低空经济与无人系统高级研修班",
        "2025-09-08",
        COORDINATOR,
        A.SEND_BACK,
        items="请补充授课专家情况和经费预算明细。",
        mend_by="2025-09-26",
    ),
    _sent("陶瓷新材料", "2025-08-25"),
    line(
        "陶瓷新材料高级研修班",
        "2025-08-29",
        COORDINATOR,
        A.SEND_BACK,
        items="申报表未加盖公章，培训对象表述不清。",
        mend_by="2025-09-12",
    ),
    # Waiting for the coordinators; one of them came on paper.
    _sent("鞋服智能设计", "2025-09-19"),
    _sent("海洋生物医药", "2025-09-15"),
    Line(
        "古建筑保护技术高级研修班",
        "2025-09-10",
        COORDINATOR,
        A.SUBMIT,
        papers=(FORM,),
        entered="2025-09-12",
    ),
    # Waiting for the province.
    _sent("卫星导航应用", "2025-08-27"),
    _recommended("卫星导航应用", "2025-09-09", GOOD),
    _sent("老年健康与康复护理", "2025-08-28"),
    _recommended("老年健康与康复护理", "2025-09-11", "符合基层需求，同意推荐，建议列第2位。"),
    # Not recommended, not selected, taken back.
    _sent("跨境电商实务", "2025-08-26"),
    line(
        "跨境电商实务高级研修班",
        "2025-09-05",
        COORDINATOR,
        A.REJECT,
        code="not_recommended",
        text="与本地区已有项目重复，本批未予推荐。",
    ),
    _sent("智慧水务", "2025-08-20"),
    _recommended("智慧水务", "2025-08-27", GOOD),
    line(
        "智慧水务高级研修班",
        "2025-09-12",
        TWO,
        A.REJECT,
        code="not_selected",
        text="本批名额有限，择优未入选。",
    ),
    _sent("短视频运营", "2025-08-22"),
    line("短视频运营高级研修班", "2025-09-01", HOST, A.WITHDRAW, reason="单位另有安排，撤回申报。"),
    # Planned: too late for its filing date, in time, and already filed.
    _sent("急诊急救能力提升", "2025-08-11"),
    _recommended("急诊急救能力提升", "2025-08-18", GOOD),
    _planned("急诊急救能力提升", "2025-09-16", 86),
    _sent("基层中医药服务", "2025-08-13"),
    _recommended("基层中医药服务", "2025-08-20", GOOD),
    _planned("基层中医药服务", "2025-09-01", 87),
    _sent("工业软件自主可控", "2025-08-12"),
    _recommended("工业软件自主可控", "2025-08-19", GOOD),
    _planned("工业软件自主可控", "2025-09-01", 88),
    line("工业软件自主可控高级研修班", "2025-09-22", HOST, A.FILE, *FILED),
)
