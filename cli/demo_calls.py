"""What officials note in the demonstration's year: calls and promises, inspections, categories."""

from __future__ import annotations

from cli.demo_acts import COORDINATOR, ONE, Line, line
from states.terms import Act


def calls() -> tuple[Line, ...]:
    """In order of the projects; only acts that the house knows."""
    return tuple(
        line(project, on, who, Act(deed), **given)
        for project, on, who, deed, given in NOTED
        if deed in {act.value for act in Act}
    )


NOTED: tuple[tuple[int | str, str, str, str, dict[str, str]], ...] = (
    (
        *(3, "2025-09-10", ONE, "note"),
        {
            "channel": "phone",
            "person": "联系人03",
            "promise": "补正材料已寄出，本周内送达。",
            "promised_for": "2025-09-15",
            "follow_up": "2025-09-16",
        },
    ),
    (
        *(9, "2025-09-12", COORDINATOR, "note"),
        {
            "channel": "phone",
            "person": "联系人09",
            "promise": "总结报告正在用印，其他材料已齐。",
            "promised_for": "2025-09-22",
            "follow_up": "2025-09-23",
        },
    ),
    (
        45,
        "2025-06-18",
        ONE,
        "note",
        {"channel": "phone", "person": "联系人45", "promise": "暂无计划。"},
    ),
    (
        45,
        "2025-08-04",
        ONE,
        "note",
        {"channel": "phone", "person": "联系人45", "promise": "无人接听。"},
    ),
    (
        *(63, "2025-09-09", ONE, "note"),
        {"channel": "phone", "person": "联系人63", "promise": "已办班，尽快登记。"},
    ),
    (
        *("卫星导航应用高级研修班", "2025-09-17", ONE, "reclassify"),
        {"category": "engineering", "reason": "选题属工程技术领域，调整后一并遴选。"},
    ),
    (
        *(68, "2025-09-12", ONE, "inspect"),
        {"findings": "到课率良好，签到规范；现场教学安排与备案日程一致。"},
    ),
    (
        *(26, "2025-09-12", ONE, "inspect"),
        {"findings": "食宿标准公示不全，要求补充公示。", "mend_by": "2025-09-30"},
    ),
)
