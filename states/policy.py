"""What a policy file says, as values that the law can read. config/ loads and checks the files.

How a field's annotation is read: policy_fields.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from states.contact import NO_CONTACT, Contact, Desk
from states.policy_fields import ClauseId, Key, Mark, Only, WrittenAs
from states.terms import Action, Basis, Force, Kind, Labelled, Role, Severity, State, Text


class Anchor(Labelled):
    OPENS = "opens", "开班日", "the first day"
    ENDS = "ends", "结束日", "the last day"
    FIXED = "fixed", "固定日期", "a fixed day"


class OffsetUnit(Labelled):
    MONTH = "month", "个月", "month(s)"
    DAY = "day", "日", "day(s)"
    WORKING_DAY = "working_day", "个工作日", "working day(s)"


class Measure(Labelled):
    """What a figure counts."""

    PERSON = "person", "人", "person(s)"
    DAY = "day", "天", "day(s)"
    PERCENT = "percent", "%", "percent"
    CLASS = "class", "个班", "class(es)"
    YUAN = "yuan", "元", "yuan"


class Funding(Labelled):
    FUNDED = "funded", "财政资助", "Funded"
    SELF_FUNDED = "self_funded", "自筹经费", "Self-funded"


class Level(Labelled):
    NATIONAL = "national", "国家级", "National"
    PROVINCIAL = "provincial", "省级", "Provincial"


NOWHERE = Text("", "")  # filled in from another part of the file


class DutyDay(Labelled):
    """By which day a host's duty beside its papers is due, or makes sense."""

    FILING = "filing", "随开班前报送办理", "due with the filing"
    OPENS = "opens", "开班前办理", "by the opening"
    ENDS = "ends", "办班结束前办理", "by the last day"
    REPORT = "report", "随办班材料办理", "with the report"


# What a notice says, or what the office goes by without one: a rule is never unstated.
Known = Annotated[Basis, Only((Basis.STATED, Basis.ASSUMED))]
KINDS = Only((Kind.APPLICATION, Kind.FILING, Kind.COMPLETION, Kind.REIMBURSEMENT))
PAPER_STEPS = Only((Action.SUBMIT, Action.FILE, Action.HOLD, Action.REPORT, Action.CLOSE))
FLAGGED_AT = Only((Action.HOLD, Action.REPORT, Action.CLOSE))
RECORDERS = Only((Role.HOST, Role.PROVINCE))
ENDS = Only((State.SUBSIDISED, State.CLOSED))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with all that it must never travel without. `value` None: the notice is silent.

    Amounts are whole fen, shares are percent, lengths are days, head-counts are persons.
    """

    value: Annotated[int | None, Text("数值（金额以分计）", "Value (amounts in fen)")]
    unit: Annotated[Measure, Text("单位", "Unit")]
    severity: Annotated[Severity, Text("性质", "Severity")] = Severity.FLAG
    basis: Annotated[Basis, Text("依据", "Basis")] = Basis.STATED
    clause: Annotated[ClauseId | None, Text("条款", "Clause")] = None


# The figures that a category may have, each with what it counts.
FIGURES = {
    "min_trainees": (Text("学员人数下限", "Fewest trainees"), Measure.PERSON),
    "max_trainees": (Text("学员人数上限", "Most trainees"), Measure.PERSON),
    "min_days": (Text("办班天数下限", "Shortest class"), Measure.DAY),
    "usual_days": (Text("一般办班天数", "Usual length"), Measure.DAY),
    # How far from the usual length is still 左右.
    "usual_days_around": (Text("“左右”允许相差", "Within “about”"), Measure.DAY),
    "staff_share_percent": (Text("工作人员占比上限", "Largest share of staff"), Measure.PERCENT),
    "max_staff": (Text("工作人员上限", "Most staff"), Measure.PERSON),
    "online_share_percent": (Text("线上学员占比上限", "Largest share online"), Measure.PERCENT),
    "fee_from_trainees": (Text("向学员收费", "Fee from trainees"), Measure.YUAN),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A notice that a policy rests on, or that it names. `at_hand`: whether its text is known."""

    key: Annotated[str, Text("文件代号", "Key")]
    title: Annotated[Text, Text("标题", "Title")]
    cited_as: Annotated[str, Text("简称", "Cited as")]  # short, as pages cite it
    # The same in English; None: the title's.
    cited_as_en: Annotated[str | None, Text("英文简称", "Cited in English as")] = None
    number: Annotated[str, Text("文号", "Number"), Mark.NUMBER]  # empty where no copy shows it
    issued_on: Annotated[date | None, Text("发文日期", "Issued on")] = None
    # Where no copy shows the day: it cannot be older than this.
    not_before: Annotated[date | None, Text("不早于", "Not before")] = None
    # Assumed: a neighbouring year's, by which this year only goes.
    basis: Annotated[Known, Text("依据", "Basis")] = Basis.STATED
    at_hand: Annotated[bool, Text("是否收录正文", "Its text is known")] = True

    @property
    def cited(self) -> Text:
        return Text(self.cited_as, self.cited_as_en or self.title.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Where a rule stands and what it says, in our own words."""

    id: Annotated[ClauseId, Text("条款", "Clause")]
    source: Annotated[str, Text("文件代号", "Key of its document"), WrittenAs("document")]
    document: Annotated[Text, Text("文件", "Document"), Mark.DERIVED] = NOWHERE  # as it is cited
    part: Annotated[str, Text("部分", "Part")]
    paragraph: Annotated[str, Text("段落", "Paragraph")]
    rule: Annotated[Text, Text("内容", "Rule")]
    # Assumed: of a document that does not speak of this year.
    basis: Annotated[Basis, Text("依据", "Basis"), Mark.DERIVED] = Basis.STATED
    # The document's day; None: not known.
    since: Annotated[date | None, Text("自何日起", "Since"), Mark.DERIVED] = None

    def existed(self, on: date) -> bool:
        """Whether it can be cited for what was done on a day."""
        return self.since is None or self.since <= on

    @property
    def place(self) -> str:
        return f"{self.document.zh}{self.part}{self.paragraph}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRule:
    """How one deadline follows from its anchor. A negative offset counts backwards."""

    kind: Annotated[Kind, Text("期限", "Deadline"), KINDS]
    anchor: Annotated[Anchor, Text("起算", "Counted from")]
    fixed_on: Annotated[date | None, Text("固定日期", "Fixed day"), WrittenAs("date")] = None
    offset: Annotated[int, Text("相差", "Offset"), range(-400, 401)] = 0
    unit: Annotated[OffsetUnit, Text("单位", "Unit")] = OffsetUnit.DAY
    force: Annotated[Force, Text("性质", "Force")] = Force.STATED
    basis: Annotated[Known, Text("依据", "Basis")] = Basis.STATED
    # Whether the last day itself still counts.
    inclusive: Annotated[bool, Text("当日计入", "The day itself counts")] = True
    # Whether a due day off moves to the next working day (forward counting only).
    rolls: Annotated[bool, Text("遇休息日顺延", "Moved on from a day off")] = False
    clause: Annotated[ClauseId, Text("条款", "Clause")]
    # The clause under which missing it may cost the subsidy.
    forfeit: Annotated[ClauseId | None, Text("逾期后果条款", "Forfeit under clause")] = None
    # Said in place of the clause's rule where the basis is assumed.
    note: Annotated[Text | None, Text("说明", "Note")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRule:
    """A paper that a step asks for."""

    key: Annotated[Key, Text("材料代号", "Key")]
    label: Annotated[Text, Text("材料", "Paper"), Mark.ELSEWHERE] = NOWHERE
    severity: Annotated[Severity, Text("性质", "Severity")] = Severity.BLOCK
    basis: Annotated[Known, Text("依据", "Basis")] = Basis.STATED
    # May be promised with a date instead.
    may_follow: Annotated[bool, Text("可后补", "May follow")] = False
    clause: Annotated[ClauseId, Text("条款", "Clause")]


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRule:
    """A dated check item inside a state; a missing one is a flag at the step `flag_at`."""

    key: Annotated[Key, Text("登记事项代号", "Key")]
    label: Annotated[Text, Text("登记事项", "Milestone"), Mark.ELSEWHERE] = NOWHERE
    # As what is to be done, not as what was.
    ask: Annotated[Text, Text("待办时称", "As what is to be done"), Mark.ELSEWHERE] = NOWHERE
    by: Annotated[Role, Text("由谁登记", "Recorded by"), RECORDERS]
    flag_at: Annotated[Action | None, Text("核对环节", "Looked at when"), FLAGGED_AT] = None
    basis: Annotated[Known, Text("依据", "Basis")] = Basis.STATED
    clause: Annotated[ClauseId, Text("条款", "Clause")]
    # By when it makes sense; None: nobody is asked for it.
    due: Annotated[DutyDay | None, Text("办理时间", "Due")] = None
    # Whether the notice gives that day.
    dated: Annotated[bool, Text("通知定有日期", "The notice gives the day")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fund:
    """Where a subsidy comes from. Only a provincial fund is checked for room."""

    key: Annotated[Key, Text("经费代号", "Key")]
    label: Annotated[Text, Text("经费渠道", "Fund")]
    provincial: Annotated[bool, Text("省级经费", "Provincial money")]
    budget: Annotated[Figure, Text("总额", "Total"), Measure.YUAN]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCode:
    """A reason to reject, and the states in which it may be given."""

    key: Annotated[Key, Text("理由代码", "Code")]
    label: Annotated[Text, Text("不予通过的理由", "Reason to reject")]
    states: Annotated[
        tuple[Annotated[State, Mark.REJECTABLE], ...],
        Text("适用状态", "In the states"),
        Mark.FILLED,
    ]
    # Keys; none named: all.
    categories: Annotated[tuple[Key, ...], Text("适用类别", "For the categories")] = ()
    basis: Annotated[Known, Text("依据", "Basis")] = Basis.STATED
    clause: Annotated[ClauseId, Text("条款", "Clause")]
    # What the end is called, where no money is refused by it.
    outcome: Annotated[Text | None, Text("据此结束时称", "What the end is called")] = None

    @property
    def shown(self) -> Text:
        """The label, and that no document stands behind it where none does."""
        return self.label if self.basis is Basis.STATED else ASSUMED.format(label=self.label)


# In brackets of its own: a label may hold some.
ASSUMED = Text("{label}【系统推定】", "{label} [assumed]")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)  # one object each: by identity
class Category:
    """The rules of one category of projects in one year."""

    key: Annotated[Key, Text("类别代号", "Key")]
    label: Annotated[Text, Text("类别名称", "Name of the category")]
    # As plans and notices write it.
    names: Annotated[tuple[str, ...], Text("计划和通知中的名称", "Also called"), Mark.FILLED]
    # Tells categories of one name apart.
    funding: Annotated[Funding, Text("经费方式", "Funding")]
    level: Annotated[Level, Text("级别", "Level")]
    basis: Annotated[Known, Text("类别依据", "Basis of the category")]
    ends_in: Annotated[State, Text("最终状态", "Ends as"), ENDS]
    deadlines: Annotated[tuple[DeadlineRule, ...], Text("期限", "Deadline")] = ()
    figures: Annotated[Mapping[str, Figure], Text("人数、天数和收费", "Figure"), Mark.ELSEWHERE] = (
        field(default_factory=dict)
    )
    # Whatever its line says, it blocks: no more than the cap is decided (amount_within_cap).
    cap: Annotated[Figure, Text("补助上限", "Cap of the subsidy"), Measure.YUAN]
    papers: Annotated[
        Mapping[Annotated[Action, PAPER_STEPS], tuple[PaperRule, ...]],
        Text("所需材料", "Paper"),
    ] = field(default_factory=dict)
    milestones: Annotated[tuple[MilestoneRule, ...], Text("登记事项", "Milestone")] = ()
    # Whom the report goes to.
    addressee: Annotated[Text, Text("材料报送至", "Papers go to")]
    # Of another desk of the office; None: the policy's.
    contact: Annotated[Contact | None, Text("本类别的联系方式", "Contact of its own")] = None
    # Where the report goes, if not to the office.
    report_contact: Annotated[Contact | None, Text("报送地址", "Where papers go")] = None
    fund: Annotated[Key | None, Text("经费渠道", "Fund")] = None
    # Reason -> what the end is called by it, where that is not how the stage calls it.
    outcomes: Annotated[
        Mapping[str, Text], Text("结束时的名称", "What ends are called"), Mark.DERIVED
    ] = field(default_factory=dict)

    def figure(self, key: str) -> Figure | None:
        """The figure, or None where the notice does not give one."""
        found = self.figures.get(key)
        return found if found is not None and found.value is not None else None

    @property
    def usual_days(self) -> int:
        """The usual length of a class; one day where the notice gives none."""
        figure = self.figure("usual_days")
        return figure.value if figure and figure.value else 1

    def deadline(self, kind: Kind) -> DeadlineRule | None:
        return next((rule for rule in self.deadlines if rule.kind is kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """The totals as published; they need not add up, and are never corrected."""

    total: Annotated[Figure, Text("公布总数", "Announced total"), Measure.CLASS]
    # Published name of the category -> count.
    by_name: Annotated[
        Mapping[str, Annotated[int, range(100_001)]], Text("按名称公布的数目", "By name")
    ] = field(default_factory=dict)
    clause: Annotated[ClauseId, Text("条款", "Clause")]


# What applies only where a clause puts it in force.
DUTIES = (
    "enterprise_qualified",
    "held_as_planned",
    "host_kept",
    "change_in_advance",
    "mending_after_inspection",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One year of one province."""

    id: Annotated[str, Text("政策代号", "Id"), Mark.POLICY]
    title: Annotated[Text, Text("名称", "Title")]
    province: Annotated[str, Text("省份", "Province")]
    year: Annotated[int, Text("年度", "Year"), range(2000, 2101)]
    # Names under which the programme is known, the current first.
    programme: Annotated[tuple[str, ...], Text("工程名称", "Programme"), Mark.FILLED]
    office: Annotated[Text, Text("主管处室", "Office")]  # whom to ask
    contact: Annotated[Contact, Text("联系方式", "Contact")] = NO_CONTACT  # how to reach it
    documents: Annotated[Mapping[str, Document], Text("所依据的文件", "Document")]
    clauses: Annotated[Mapping[ClauseId, Clause], Text("条款", "Clause")]
    categories: Annotated[Mapping[Key, Category], Text("项目类别", "Category"), Mark.FILLED]
    funds: Annotated[Mapping[Key, Fund], Text("经费渠道", "Fund")] = field(default_factory=dict)
    reasons: Annotated[Mapping[Key, ReasonCode], Text("不予通过的理由", "Reason to reject")] = (
        field(default_factory=dict)
    )
    # Rule -> clause; a rule without one does not apply.
    duties: Annotated[Mapping[str, ClauseId], Text("应遵守的要求", "Duty"), Mark.ELSEWHERE] = field(
        default_factory=dict
    )
    announced: Annotated[Announced | None, Text("公布的数目", "Announced")] = None
    # Only one of those that are cited speaks of the year.
    one_document: Annotated[bool, Text("仅有一份当年文件", "One document"), Mark.DERIVED]
    # SHA-256 of the file, so that an event can say under which text it was decided.
    digest: Annotated[str, Text("政策文件的SHA-256", "SHA-256 of its file"), Mark.DERIVED]

    def desk(self, category: Category) -> Contact:
        """How the office is reached about a category."""
        return category.contact or self.contact

    def asked_about(self, category: str) -> Desk:
        """Whom to ask about a project of that category: the foot of its pages."""
        return Desk(self.office, self.desk(self.categories[category]))

    def reports_to(self, category: Category) -> Contact:
        """Where the report of a category goes."""
        return category.report_contact or self.desk(category)

    @property
    def contact_missing(self) -> tuple[Text, ...]:
        """What hosts should be told of an office, and nobody has entered yet; each once."""
        desks = [self.desk(one) for one in self.categories.values()]
        others = [one.report_contact for one in self.categories.values() if one.report_contact]
        found = [gap for desk in (self.contact, *desks, *others) for gap in desk.missing]
        return tuple(dict.fromkeys(found))

    def clause_on(self, clause: str, on: date) -> Clause | None:
        """The clause of that id, if its document existed on that day."""
        found = self.clauses.get(clause)
        return found if found and found.existed(on) else None
