"""`yanxiu import`, `projects`, `show`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import reading
from cli.office import Office, Stop
from cli.output import REFUSED, USAGE
from states.terms import Force, Kind, Role, State, Text
from workflow import queries
from workflow.imports.words import ReadingError
from workflow.mail.desk import status_label
from workflow.people import let_in_label, nameless_label

if TYPE_CHECKING:
    from workflow.imports.plan_known import Choices


def import_plan(
    file: Path,
    policy_name: str,
    skip_bad_rows: bool,
    dry_run: bool,
    same: list[str],
    new: list[int],
    notify: bool,
    as_json: bool,
) -> None:
    """Read the workbook and apply it; exit 1 if rows were rejected and nothing was written.

    `same` ("ROW=ID") and `new`: what rows are that look like projects of the books.
    """
    from workflow.imports.outcome import Imported
    from workflow.imports.plan import apply_plan, is_refused
    from workflow.imports.plan_file import read_plan
    from workflow.imports.rows import Remark

    choices = _choices(same, new)
    office = Office(as_json)
    policy = reading.policy(office, policy_name)
    if policy_name != policy.id:  # a project must find its policy again by its id
        raise Stop(NOT_HERE.format(id=policy.id, folder=office.book.own_policies), USAGE)
    try:
        plan = read_plan(file, policy)
    except ReadingError as error:
        data = _result(Imported(rejected=[Remark(None, None, error.text)]))
        raise Stop(error.text, REFUSED, data) from None
    result = apply_plan(
        office.db,
        office.book,
        policy,
        plan,
        today=office.clock.today(),
        at=office.clock.now(),
        skip_bad_rows=skip_bad_rows,
        dry_run=dry_run,
        choices=choices,
        notify=notify,
    )
    refused = is_refused(result, skip_bad_rows)
    if as_json:
        office.printer.data(_result(result))
        if refused:
            office.printer.message(NOTHING.format(bad=len(result.rejected)))
    else:
        _print_import(office, result, refused, dry_run)
    if refused:
        raise SystemExit(REFUSED)


def _choices(same: list[str], new: list[int]) -> Choices:
    from workflow.imports.plan_known import Choices

    rows: dict[int, int] = {}
    for said in same:
        row, _, project = said.partition("=")
        if not (row.strip().isdecimal() and project.strip().isdecimal()):
            raise Stop(BAD_SAME.format(given=said), USAGE)
        if rows.setdefault(int(row), int(project)) != int(project):
            raise Stop(TWICE.format(row=row), USAGE)
    if both := sorted(rows.keys() & set(new)):
        raise Stop(TWICE.format(row=both[0]), USAGE)
    return Choices(rows, frozenset(new))


BAD_SAME = Text(
    "--same 写作“行号=项目编号”，例如 --same 3=12，不能是“{given}”。",
    "--same takes ROW=ID, for example --same 3=12, not “{given}”.",
)
TWICE = Text(
    "第{row}行指定了两次，请只保留一个 --same 或 --new。",
    "Row {row} is named twice; keep one --same or --new.",
)


def _result(result: Any) -> dict[str, Any]:
    def remarks(found: Any) -> list[dict[str, Any]]:
        return [{"row": r.row, "column": r.column, "message": r.message} for r in found]

    told = {"told": result.told} if result.told else {}
    return told | {
        "imported": result.imported,
        "changed": result.changed,
        "differences": remarks(result.differences),
        "warnings": remarks(result.warnings),
        "rejected": remarks(result.rejected),
    }


def _print_import(office: Office, result: Any, refused: bool, dry_run: bool) -> None:
    for title, remarks in (
        (Text("未导入的行", "Rejected"), result.rejected),
        (Text("变更", "Changes"), result.differences),
        (Text("提醒注意", "Warnings"), result.warnings),
    ):
        if remarks:
            heads = (title, Text("列", "Column"), Text("说明", "Message"))
            rows = [(_row(r.row), r.column, r.message) for r in remarks[:SHOWN]]
            office.printer.table(heads, rows)
            if len(remarks) > SHOWN:
                office.printer.line(MORE.format(n=len(remarks) - SHOWN))
            office.printer.text()
    said = NOTHING if refused else (WOULD if dry_run else DONE)
    values = {"new": result.imported, "changed": result.changed, "bad": len(result.rejected)}
    office.printer.line(said.format(**values))
    if result.told:
        office.printer.line(TOLD.format(n=len(result.told)))
    elif result.to_tell:
        office.printer.line(TO_TELL.format(n=len(result.to_tell)))


def notify(policy: str, projects: list[int], as_json: bool) -> None:
    """Tell the hosts of imported projects that they are in the plan."""
    from workflow.announcing import NOBODY_LEFT, announce, untold
    from workflow.people import OPERATOR

    office = Office(as_json)
    if policy:
        policy = reading.policy(office, policy).id
    with office.db.write() as connection:
        chosen = untold(connection, policy=policy, among=projects or None)
        when: dict[str, Any] = {"today": office.clock.today(), "at": office.clock.now()}
        done = announce(connection, office.book, OPERATOR, chosen, **when)
    if as_json:
        office.printer.data({"told": list(done.told), "unreached": list(done.unreached)})
        return
    office.printer.line(TOLD.format(n=len(done.told)) if done.told else NOBODY_LEFT)
    if done.unreached:
        listed = "、".join(map(str, done.unreached))
        office.printer.line(UNREACHED.format(n=len(done.unreached), projects=listed))


TOLD = Text("已通知{n}个项目的承办单位。", "The hosts of {n} project(s) are told.")
TO_TELL = Text(
    "还有{n}个项目没有通知承办单位，请用 yanxiu notify 或在工作台办理“通知承办单位”。",
    "The hosts of {n} project(s) are not told yet: `yanxiu notify`, or on the workplace.",
)
UNREACHED = Text(
    "其中{n}个没有可用的邮箱，请电话通知：项目{projects}。",
    "{n} of them have no address that works, call them: {projects}.",
)


def _row(number: int | None) -> Text:
    return Text("全表", "file") if number is None else Text(f"第{number}行", f"row {number}")


NOT_HERE = Text(
    "导入要用已登记的政策：请把文件放入 {folder}，再写 --policy {id}。",
    "An import needs a policy that stays: put the file into {folder}, then --policy {id}.",
)
SHOWN = 100
MORE = Text("（另有{n}处，用 --json 可看到全部）", "({n} more; --json gives all)")
NOTHING = Text(
    "有{bad}处不能导入，没有写入任何内容。改正后重新导入，或加 --skip-bad-rows 跳过这些行。",
    "{bad} fault(s): nothing was written. Mend them, or leave those rows out by --skip-bad-rows.",
)
WOULD = Text(
    "（未写入）将新增{new}个，变更{changed}个。", "(dry run) {new} new, {changed} changed."
)
DONE = Text("新增{new}个项目，变更{changed}个。", "{new} new projects, {changed} changed.")


def projects(state: str, overdue: bool, as_of: str, find: str, as_json: bool) -> None:
    """List the projects in plan order."""
    office = Office(as_json)
    wanted = reading.one_of(State, state, Text("状态", "state")) if state else None
    day = reading.day(as_of, "--as-of") if as_of else office.clock.today()
    with office.db.read() as connection:
        found = queries.projects(
            connection, office.book, as_of=day, state=wanted, overdue=overdue, words=find
        )
    if as_json:
        office.printer.data(found)
        return
    rows = [
        (p["id"], p["number"], p["name"], p["state_label"], p["host"], _when(p), _late(p))
        for p in found
    ]
    office.printer.table(LIST_HEADS, rows)
    office.printer.line(Text("共{n}个项目。", "{n} projects.").format(n=len(found)))
    for why in dict.fromkeys(p["unreadable"] for p in found if p["unreadable"]):
        office.printer.line(why)


def _late(project: dict[str, Any]) -> Text:
    return Text("逾期", "overdue") if project["overdue"] else Text("", "")


def _when(project: dict[str, Any]) -> Text:
    schedule, opens, ends = project["schedule"], project["opens"], project["ends"]
    if project["provisional"]:
        return Text(f"{schedule}（暂定）", f"{schedule} (provisional)")
    if ends:
        return Text(f"{opens or ''}～{ends}", f"{opens or ''} to {ends}")
    return Text(str(opens or schedule), str(opens or schedule))


LIST_HEADS = (
    Text("编号", "ID"),
    Text("序号", "No."),
    Text("项目名称", "Project"),
    Text("状态", "State"),
    Text("承办单位", "Host"),
    Text("办班时间", "When"),
    Text("", ""),
)


def show(project_id: int, as_json: bool) -> None:
    """One project in full."""
    office = Office(as_json)
    with office.db.read() as connection:
        found = queries.project(connection, office.book, project_id)
    if as_json:
        office.printer.data(found)
        return
    say, text = office.printer.say, office.printer.text
    text(f"{found['number'] or ''} {found['name']}  [{say(found['state_label'])}]")
    text(f"{found['host']}  {say(found['category_label'])}  {found.get('schedule_text', '')}\n")
    office.printer.table(DEADLINE_HEADS, [_deadline(row) for row in found["deadlines"]])
    if found["findings"]:
        heads = (Text("提示", "Flag"), Text("内容", "What"), Text("条款", "Clause"))
        rows = [(f["key"], f["message"], _clauses(f)) for f in found["findings"]]
        text()
        office.printer.table(heads, rows)
    text()
    office.printer.table(HISTORY_HEADS, [_entry(row) for row in found["history"]])
    if found["mail"]:
        heads = (Text("邮件", "Mail"), Text("收件人", "To"), Text("情况", "Status"))
        text()
        office.printer.table(
            heads,
            [
                (m["subject"], m["to_email"], status_label(m["status"], m["reason"]))
                for m in found["mail"]
            ],
        )


def _clauses(flag: dict[str, Any]) -> str:
    """What a flag cites: the clause of the duty, then that of the consequence."""
    return "、".join(one for one in (flag["clause"], flag["consequence"]) if one)


def _deadline(row: dict[str, Any]) -> tuple[Any, ...]:
    force = Force(row["force"]).label
    loose = Text("，暂定（待确认）", ", provisional") if row["provisional"] else Text("", "")
    return (
        Kind(row["kind"]).label,
        row["due_on"],
        row["advised_on"],
        row["standing_label"],
        Text(force.zh + loose.zh, force.en + loose.en),
        row["clause"],
    )


def _entry(row: dict[str, Any]) -> tuple[Any, ...]:
    person, role = row["person"], row["role"]
    who = Text(person, person) if person else nameless_label(Role(role) if role else None)
    if row["let_in_by"]:
        said = let_in_label(row["let_in_by"])
        who = Text(f"{who.zh}（{said.zh}）", f"{who.en} ({said.en})")
    return row["seq"], row["on_date"], row["deed_label"], who, State(row["target"]).label


DEADLINE_HEADS = (
    Text("期限", "Deadline"),
    Text("截止日", "Due"),
    Text("建议报送日", "Advised"),
    Text("情况", "Standing"),
    Text("效力", "Force"),
    Text("条款", "Clause"),
)
HISTORY_HEADS = (
    Text("#", "#"),
    Text("日期", "Date"),
    Text("办理", "Deed"),
    Text("办理人", "By"),
    Text("状态", "State"),
)
