"""What a delay may lead to: the one place that finds the words, for findings and for mails.

Only where the policy names a clause, which is cited beside that of the duty. Never a flat threat: a person decides, and the words say who.
"""

from __future__ import annotations

from states.policy import Category, Policy
from states.terms import Kind, Text

NOTHING = Text("", "")
BY_PROVINCE = Text("可能影响补助，由省厅核定", "this may affect the subsidy; the province decides")
BY_OTHERS = Text(
    "可能不再予以资助，由{addressee}审核", "it may no longer be funded; {addressee} decides"
)


def consequence(policy: Policy, category: Category, kind: Kind) -> Text:
    """What missing this kind of deadline may cost; empty where no notice says that it costs."""
    rule = category.deadline(kind)
    if rule is None or rule.forfeit is None:
        return NOTHING
    fund = policy.funds.get(category.fund or "")
    if fund is None or fund.provincial:
        return BY_PROVINCE
    return BY_OTHERS.format(addressee=category.addressee)


def stated_in(category: Category, kind: Kind) -> str:
    """The clause that states the consequence; empty where no notice says that it costs."""
    rule = category.deadline(kind)
    return (rule.forfeit or "") if rule else ""


def ending(policy: Policy, category: Category, kind: Kind) -> Text:
    """The end of a sentence: the consequence after a comma, and the full stop."""
    what = consequence(policy, category, kind)
    return Text(f"，{what.zh}。", f"; {what.en}.") if what.zh else Text("。", ".")
