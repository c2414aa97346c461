"""The whole life of a project on one screen: who may move it from where to where.

A step changes the state, an act changes facts only. Whatever is not in these two tables is
refused. `twice` marks what two different people must do: the first proposes, the second
completes. What each asks, needs and changes is its row in states/actions/.
"""

from __future__ import annotations

from dataclasses import dataclass

from states.terms import Act, Action, Role, State

S, A, R = State, Action, Role
HOST, COORDINATOR, PROVINCE = R.HOST, R.COORDINATOR, R.PROVINCE


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow. `target` None: back to where the project came from."""

    action: Action
    source: State
    target: State | None
    by: tuple[Role, ...]
    twice: tuple[Role, ...] = ()  # who completes what the first person proposed
    tells: tuple[Role, ...] = ()  # who gets a mail about the result


LIFECYCLE: tuple[Step, ...] = (
    Step(A.SUBMIT, S.DRAFTED, S.SUBMITTED, (HOST,), tells=(HOST, COORDINATOR)),
    Step(A.REVIEW, S.SUBMITTED, S.REVIEWED, (COORDINATOR, PROVINCE), tells=(HOST,)),
    Step(A.PLAN, S.REVIEWED, S.PLANNED, (PROVINCE,), tells=(HOST,)),
    Step(A.FILE, S.PLANNED, S.FILED, (HOST,), tells=(HOST,)),
    Step(A.HOLD, S.FILED, S.HELD, (HOST, PROVINCE), tells=(HOST,)),
    Step(A.HOLD, S.PLANNED, S.HELD, (HOST, PROVINCE), tells=(HOST,)),
    Step(A.REPORT, S.HELD, S.REPORTED, (HOST,), tells=(HOST,)),
    Step(A.SUBSIDISE, S.REPORTED, S.SUBSIDISED, (PROVINCE,), twice=(PROVINCE,), tells=(HOST,)),
    Step(A.CLOSE, S.HELD, S.CLOSED, (HOST, PROVINCE), tells=(HOST,)),
    Step(A.CLOSE, S.REPORTED, S.CLOSED, (HOST, PROVINCE), tells=(HOST,)),
    Step(A.SEND_BACK, S.SUBMITTED, S.DRAFTED, (COORDINATOR, PROVINCE), tells=(HOST,)),
    Step(A.SEND_BACK, S.REVIEWED, S.DRAFTED, (PROVINCE,), tells=(HOST,)),
    Step(A.SEND_BACK, S.FILED, S.PLANNED, (PROVINCE,), tells=(HOST,)),
    Step(A.SEND_BACK, S.REPORTED, S.HELD, (PROVINCE,), tells=(HOST,)),
    Step(A.REJECT, S.SUBMITTED, S.REJECTED, (COORDINATOR, PROVINCE), tells=(HOST,)),
    Step(A.REJECT, S.REVIEWED, S.REJECTED, (PROVINCE,), tells=(HOST,)),
    Step(A.REJECT, S.PLANNED, S.REJECTED, (PROVINCE,), tells=(HOST, COORDINATOR)),
    Step(A.REJECT, S.FILED, S.REJECTED, (PROVINCE,), tells=(HOST, COORDINATOR)),
    Step(A.REJECT, S.HELD, S.REJECTED, (PROVINCE,), tells=(HOST, COORDINATOR)),
    Step(A.REJECT, S.REPORTED, S.REJECTED, (PROVINCE,), tells=(HOST, COORDINATOR)),
    Step(A.WITHDRAW, S.DRAFTED, S.WITHDRAWN, (HOST,)),
    Step(A.WITHDRAW, S.SUBMITTED, S.WITHDRAWN, (HOST,)),
    Step(A.WITHDRAW, S.REVIEWED, S.WITHDRAWN, (HOST,)),
    Step(A.WITHDRAW, S.PLANNED, S.WITHDRAWN, (HOST,), twice=(PROVINCE,), tells=(HOST, COORDINATOR)),
    Step(A.WITHDRAW, S.FILED, S.WITHDRAWN, (HOST,), twice=(PROVINCE,), tells=(HOST, COORDINATOR)),
    Step(A.REINSTATE, S.REJECTED, None, (PROVINCE,), tells=(HOST,)),
    Step(A.REINSTATE, S.WITHDRAWN, None, (PROVINCE,), tells=(HOST,)),
    Step(A.REINSTATE, S.CLOSED, None, (PROVINCE,), tells=(HOST,)),
    Step(A.REINSTATE, S.SUBSIDISED, None, (PROVINCE,), twice=(PROVINCE,), tells=(HOST,)),
)


@dataclass(frozen=True, slots=True)
class ActRule:
    """Where and by whom an act may be done."""

    act: Act
    states: tuple[State, ...]
    by: tuple[Role, ...]
    twice: tuple[Role, ...] = ()
    # Only in these states two people are needed: where money has been decided.
    twice_in: tuple[State, ...] = ()
    tells: tuple[Role, ...] = ()  # who gets a mail; of a milestone only what others recorded


# Everything that is not final.
UNDER_WAY = tuple(s for s in S if any(step.source is s and step.target for step in LIFECYCLE))

ACTS: tuple[ActRule, ...] = (
    ActRule(Act.CONFIRM_DATES, (S.PLANNED, S.FILED), (HOST, PROVINCE), tells=(HOST, COORDINATOR)),
    ActRule(Act.CHANGE, (S.PLANNED, S.FILED), (HOST,), tells=(HOST, COORDINATOR)),
    ActRule(Act.POSTPONE, (S.PLANNED, S.FILED), (HOST,), tells=(HOST, COORDINATOR)),
    ActRule(Act.EXTEND, UNDER_WAY, (PROVINCE,), tells=(HOST, COORDINATOR)),
    ActRule(Act.TRANSFER, UNDER_WAY, (PROVINCE,), tells=(HOST, COORDINATOR)),
    ActRule(Act.HAND_OVER, UNDER_WAY, (HOST, COORDINATOR, PROVINCE), tells=(HOST,)),
    ActRule(
        Act.RECLASSIFY,
        (S.REVIEWED, S.PLANNED, S.FILED),
        (PROVINCE,),
        tells=(HOST, COORDINATOR),
    ),
    ActRule(
        Act.INSPECT,
        (S.PLANNED, S.FILED, S.HELD, S.REPORTED),
        (COORDINATOR, PROVINCE),
        tells=(HOST,),  # only where there is something to mend
    ),
    ActRule(Act.NOTE, tuple(S), (HOST, COORDINATOR, PROVINCE)),
    ActRule(
        Act.MILESTONE,
        (S.PLANNED, S.FILED, S.HELD, S.REPORTED, S.SUBSIDISED),
        (HOST, PROVINCE),  # which of them: the policy says so for each milestone
        tells=(HOST,),
    ),
    ActRule(
        Act.CORRECT,
        (S.HELD, S.REPORTED, S.SUBSIDISED, S.CLOSED),
        (PROVINCE,),
        twice=(PROVINCE,),
        twice_in=(S.SUBSIDISED,),
        tells=(HOST,),
    ),
    # Told only where the host is to mend something; what else was decided is the officials'.
    ActRule(Act.DISPOSE, tuple(S), (PROVINCE,), tells=(HOST,)),
    ActRule(
        Act.SUPPLY,
        (S.PLANNED, S.FILED, S.HELD, S.REPORTED, S.SUBSIDISED),
        (HOST,),
        tells=(HOST,),
    ),
    # Told to those whom the proposal concerned, by whomever it was ended.
    ActRule(Act.CANCEL, tuple(S), (HOST, PROVINCE), tells=(HOST, PROVINCE)),
    ActRule(Act.ANNOUNCE, (S.PLANNED, S.FILED), (PROVINCE,), tells=(HOST,)),
    ActRule(Act.ACKNOWLEDGE, (S.PLANNED, S.FILED, S.HELD, S.REPORTED), (HOST,)),
)

STEPS: dict[tuple[State, Action], Step] = {(s.source, s.action): s for s in LIFECYCLE}
ACT_RULES: dict[Act, ActRule] = {rule.act: rule for rule in ACTS}

# Nothing of the ordinary course leaves these; only reinstatement does.
FINAL: frozenset[State] = frozenset(S) - {
    step.source for step in LIFECYCLE if step.action is not A.REINSTATE
}
