"""From the words and codes of a mail server to the reason of its refusal. Pure.

One table serves the answers that a server gives at once and the reports that come back later. Clear
words say more than codes: every report of Exim has the status 5.0.0, some servers say 5.2.1 of a
mailbox that gets mail too fast, others 5.1.1 of a full one. Codes say more than words that could
mean several things ("mailbox unavailable"). Where nothing says that the mailbox does not exist, it
is not supposed: a wrong guess would silence somebody, a missing one costs a letter that is returned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from states.refusal import Reason

STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
REPLY = re.compile(r"(?<![\w.:@/-])([45])[0-7]\d[ -](?=\s{0,3}[A-Za-z#<\[\d\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class Cause:
    """`reason`; the most specific `status` of RFC 3463, empty where there is none; whether the
    server might have taken the mail `later`; and the `words` that decided, among those given."""

    reason: Reason
    status: str
    later: bool
    words: str


def cause(status: str, *words: str) -> Cause:
    """`status`: of the report as a whole, may be empty; `words`: of the surest source first."""
    told = [(text, _bare(text)) for text in words]
    codes = [code for text, _ in told for code in reversed(STATUS.findall(text))]
    codes += STATUS.findall(status)
    specific = next((code for code in codes if not _general(code)), "")
    later = any(code[0] == "4" for code in codes) or any(
        "4" in REPLY.findall(text) for text, _ in told
    )
    reason, text = _clear(told) or (_coded(specific), "")
    if reason is None:
        reason, text = _vague(told) or (None, "")
    if later and (reason is None or reason.stops):
        reason = Reason.GIVEN_UP
    said = text or next((text for text, _ in told if specific and specific in text), "")
    best = specific or next(iter(codes), "")
    return Cause(reason or Reason.UNKNOWN, best, later, said or next((t for t, _ in told if t), ""))


def is_greylisting(words: str) -> bool:
    """Whether a passing refusal is meant for this one mail, and will pass for it alone."""
    return GREY.search(_bare(words)) is not None


def may_hold_for_all(words: str) -> bool:
    """Whether a passing refusal may be meant for every recipient: nothing in it is said of one
    mailbox, or of the way to it."""
    if is_greylisting(words):
        return True
    found = cause("", words)
    one = found.status[2:4] in ("1.", "2.") or ONE_MAILBOX.search(_bare(words)) is not None
    return found.reason in OF_ALL and not one


def _clear(told: Sequence[tuple[str, str]]) -> tuple[Reason, str] | None:
    return _first(CLEAR, told)


def _vague(told: Sequence[tuple[str, str]]) -> tuple[Reason, str] | None:
    return _first(VAGUE, told)


def _first(
    table: Sequence[tuple[Reason, re.Pattern[str]]], told: Sequence[tuple[str, str]]
) -> tuple[Reason, str] | None:
    for text, bare in told:
        for reason, pattern in table:
            if pattern.search(bare):
                return reason, text
    return None


def _general(code: str) -> bool:
    """x.0.0, x.1.0, M365's 5.0.350, and protocol errors: they say nothing of the cause."""
    _, subject, detail = code.split(".")
    return code[2:] not in CODES and (subject in ("0", "5") or (detail == "0" and subject != "7"))


def _coded(code: str) -> Reason | None:
    if not code:
        return None
    found = CODES.get(code[2:])
    return found or SUBJECTS.get(code.split(".")[1])


CODES = {  # RFC 3463 and the registry of IANA, without the class
    **{"1.1": Reason.GONE, "1.6": Reason.GONE, "1.10": Reason.GONE, "2.1": Reason.DISABLED},
    **{
        "1.2": Reason.ROUTE,
        "1.3": Reason.MALFORMED,
        "1.7": Reason.SENDER,
        "1.8": Reason.SENDER,
    },
    "1.90": Reason.SENDER,
    **{"2.2": Reason.FULL, "2.3": Reason.SIZE, "3.4": Reason.SIZE},
    **{"2.121": Reason.RATE, "2.122": Reason.RATE, "4.5": Reason.RATE, "5.3": Reason.RATE},
    **{"7.28": Reason.RATE, "7.501": Reason.SENDER, "7.502": Reason.SENDER, "7.503": Reason.SENDER},
}
SUBJECTS = {"3": Reason.SYSTEM, "4": Reason.ROUTE, "6": Reason.CONTENT, "7": Reason.POLICY}

# Addresses, links and the names of servers are no words of a reason: user.unknown@…, spam-filter.…
_NAMES = re.compile(
    r"\bhttps?://\S{1,300}|\bwww\.\S{1,300}"
    r"|[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,200}"
    r"|(?<![\w.-])(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?![\w-])"
)


# Who said it: "host mx.example.cn[192.0.2.7] said: 550 …" is not about an unknown host.
_SPEAKER = re.compile(r"\bhost\b.{0,120}?\bsaid:|\bhost \S{1,200} \[\S{1,60}\]", re.I)


def _bare(words: str) -> str:
    return " ".join(_NAMES.sub("…", _SPEAKER.sub(" ", words.replace("’", "'"))).split())


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.I)


# Repetitions are bounded: the text is a stranger's.
_USER = r"(?:user|mailbox|recipient|account|addressee|e-?mail address|destination address|person)"
_WHO = r"(?:用[户戶]|使用者|[帐账帳][号號户戶]|[邮郵]箱|信箱|收[件信]人|[邮郵]件地址|[邮郵]箱地址|地址)"
GREY = _pattern(r"gr[ea]y.?list", r"灰名单", r"defer(?:red)? by policy for \d")

ONE_MAILBOX = _pattern(
    r"you are trying to contact|receiving mail|mailbox (?:is )?busy",
    r"[该該此](?:用户|收件人|邮箱|信箱)",
)
OF_ALL = frozenset(
    {*(Reason.POLICY, Reason.RATE, Reason.SYSTEM), *(Reason.UNKNOWN, Reason.GIVEN_UP)}
)

# The first that fits decides. What is said of the sender or of a domain comes before what is said of
# the recipient in the same words: "Sender address rejected: User unknown".
CLEAR = (
    (Reason.POLICY, GREY),
    (
        Reason.SENDER,
        _pattern(
            r"sender(?:'s)? (?:address |domain |mailbox )?(?:\S{0,80} )?(?:is )?(?:rejected|denied|"
            r"refused|blocked|banned|blacklisted|unknown|invalid|not allowed|verif|mismatch|does not)",
            r"(?:verify|verification|banned|bad|invalid|unknown|blacklisted) sender",
            r"domain of (?:the )?sender",
            r"(?:user|sender|from) (?:is )?in (?:our |the )?(?:black|block).?list",
            r"(?:mail ?from|from address|envelope.?from|return.?path)\S{0,5} (?:\S{0,80} )?(?:rejected|denied|"
            r"refused|invalid|not allowed|does not|mismatch)",
            r"not permitted to send|authenticated user .{0,40}not|send.?as|MI:SPB|WM:BL[IU]|DT:SUM",
            r"must equal|verification failed for|sending (?:is |was |has been )?(?:disabled|suspended)",
            r"发[件信](?:人|方|邮箱|地址|[帐账]号).{0,20}(?:拒|黑名单|封|禁|停用|冻结|无效|不存在|不一致|不被允许|未通过)",
            r"拒收.{0,6}发[件信]人|(?:封|禁|停用?)[^，。]{0,6}发[件信]",
            r"您的(?:[帐账]号|邮箱)[^，。；]{0,12}(?:停用|封|禁|冻结|异常|受限)",
        ),
    ),
    (
        Reason.RATE,
        _pattern(
            r"rate.{0,3}limit|throttl|too (?:frequent|quickly|fast)|at a rate|frequency",
            r"too (?:many|much) (?!hops|received)",
            r"(?:sending|daily|hourly|per.(?:day|hour|minute)|message|recipient|connection)s? "
            r"(?:user |sending |message |recipient ){0,2}(?:quota|rate|limit)",
            r"exceeded (?:the |your )?.{0,30}(?:per|rate|hourly|daily)",
            r"(?:MI:(?:SFQ|STC|DMC|CEL|CCL)|RP:(?:QRC|DRC|TRC|CCL|CEL)|HL:(?:IFC|ICC|MEP))",
            r"频率|频繁|过快|发[信送](?:量|数量|配额|限额|次数)|超(?:过|出).{0,12}(?:次数|频|封数|发送)",
        ),
    ),
    (
        Reason.SIZE,
        _pattern(
            r"(?:message|mail|content|attachment).{0,20}(?:too (?:large|big|long)|size)",
            r"size.{0,20}(?:exceed|limit|too)|exceed.{0,20}size|larger than",
            r"(?:邮件|附件|信件).{0,8}(?:过大|太大|超大)|大小.{0,8}超|超(?:过|出).{0,10}大小",
        ),
    ),
    (
        Reason.FULL,
        _pattern(
            r"quota|over (?:the |its |their )limit|(?:mailbox|inbox|mail box|disk).{0,30}full|full (?:mailbox|inbox)",
            r"(?:mailbox|user|recipient|account).{0,30}(?:storage|space|size limit|exceeded (?:its|the|their))",
            r"(?:not enough|insufficient|out of|no) (?:disk |mailbox |storage )?(?:space|storage)(?! on)",
            r"(?:[邮郵]箱|信箱|空[间間]|容量|配[额額]|[帐账]号).{0,12}(?:[满滿]|不足|超|用尽|用完)",
        ),
    ),
    (
        Reason.CONTENT,
        _pattern(
            r"spam|\bjunk\b|unsolicited|\bbulk\b|virus|malware|phish|infected|DT:SPM",
            r"content|(?:illegal|blocked|forbidden|dangerous|banned) (?:attachment|file)",
            r"(?:message|mail) (?:was |has been |is )?(?:rejected|refused|blocked|classified)",
            r"垃圾|病毒|内容|敏感|违规|附件(?:类型|格式|名)",
        ),
    ),
    (
        Reason.POLICY,
        _pattern(
            r"dmarc|\bspf\b|dkim|\bdane\b|unauthenticated|policy|black.?list|block.?list|reputation",
            r"\b(?:rbl|dnsbl|spamhaus)\b|(?:is |are |, )(?:listed|blocked) (?:in|by|on|using|at)\b|blocked using",
            r"not (?:authorized|permitted)|NotAuthorized|AuthRequired|authentication|permission",
            r"client host|\b(?:ip|host|helo|ehlo|ptr|reverse)\b.{0,20}(?:reject|denied|blocked|refus|banned)",
            r"prohibit|HL:(?:REP|IHU|IPB)|rejected by (?:the )?recipient",
            r"[黑白]名单|white.?list|(?:安全|反垃圾|接收|访问)策略|信誉|未授权|认证|[身]份验证|权限",
            r"不接[收受][^，。；]{0,6}(?:外部|外域|外网|外来|陌生)|(?:停用|关闭)(?:了|其)?(?:收信|接收)",
        ),
    ),
    (
        Reason.ROUTE,
        _pattern(
            r"(?:domain|host|\bdns|\bmx\b|name server|name service).{0,40}(?:not (?:be )?found|unknown|not "
            r"exist|n't exist|lookup|failure|invalid|no (?:mx|a|such)|resol|null|find|error)",
            r"(?:unknown|no such|non.?existent|invalid|bad) (?:domain|host)|no (?:route|mx)\b",
            r"unrout(?:e)?able|relay|too many hops|\bloop|unreachable|couldn't find any host",
            r"(?:connection|connect).{0,20}(?:refused|timed? ?out|fail|lost|reset|establish)",
            r"域名.{0,12}(?:不存在|错误|无法|不正确|无效|解析)|路由|(?:无法|未能)连接|连接(?:超时|失败|被拒)",
            r"(?:服务器|主机).{0,6}(?:不存在|找不到|无法访问|不可达)(?!该|此|这)|中继|转发循环",
            # a dead forward behind a mailbox that may well work
            r"转发[^，。；]{0,12}(?:不存在|无效|失败|错误)|forward(?:ing|ed|s)?\b.{0,40}(?:unknown|not exist|n't exist|"
            r"not found|invalid|fail)",
        ),
    ),
    (Reason.MALFORMED, _pattern(r"syntax|格式(?:错误|不正确|有误|不对)")),
    (
        Reason.DISABLED,
        _pattern(
            rf"(?<!temporarily ){_USER}(?!.{{0,60}}temporar).{{0,40}}"
            r"(?:disabled|deactivated|terminated|discontinued)",
            rf"{_WHO}(?![^，。；]{{0,16}}(?:暂|临时))[^，。；]{{0,16}}(?:停用|禁用|关闭)(?!(?:了|其)?(?:收信|接收|发信))",
        ),
    ),
    (
        Reason.GONE,
        _pattern(
            rf"(?:no such|unknown|invalid|non.?existent|nonexisting|bad|illegal) (?:local )?{_USER}",
            rf"{_USER}s?(?: name| address| account| here| part)?(?: \S{{1,80}})?[\s:,(<>\"'…-]{{0,6}}"
            r"(?:is |was |has |are )?(?:currently )?(?:unknown|not found|not exist|n't exist|not known|"
            r"invalid\b|non.?existent|deleted|removed|closed|no longer|not (?:a )?(?:valid|listed)|"
            r"(?:could|can)(?: not|not|n't) be found|wasn't found)",
            rf"{_USER}.{{0,40}}(?:could not|couldn't|cannot|can't) be found|wasn't found at",
            rf"{_USER}.{{0,60}}(?:does not|doesn't|did not|do not|don't) exist",
            rf"(?:could not|couldn't|cannot|can't|unable to) (?:find|locate) (?:the |this |that )?{_USER}",
            r"no (?:mailbox|account|user|person)(?: here)? (?:here )?(?:by|with|of|under) th(?:at|is)",
            r"no (?:mailbox|inbox) (?:here|for)\b|^[\d. #-]*no mailbox\b",
            r"(?:does not|doesn't) have an? (?:\S{1,80} )?account|not our (?:user|customer)",
            r"unknown (?:local.?part|or illegal alias)|not listed in (?:the )?(?:public|domino|name)",
            r"RESOLVER\.ADR\.(?:Ex)?Recip(?:ient)?(?:NotFound|NotfoundByEx)|RecipNotFound|RecipientNotFound",
            r"address(?:ee)? (?:is )?(?:unknown|no longer (?:accepts|exists|valid|in use))|EX_NOUSER",
            rf"{_WHO}[^，。；]{{0,40}}?(?:(?:不|未)存在|未找到|找不到|没有找到|無此|查無|已?被?(?:注销|删除|销户))",
            rf"(?:查[无無]此|[无無]此|没有(?:这个|该|此)|找不到(?:该|此|这个)?|未找到(?:该|此|这个)?|不存在(?:该|此|这个)|未知的?)"
            rf"(?:人|{_WHO})",
            rf"{_WHO}(?:是)?无效|无效的?{_WHO}",
        ),
    ),
    (
        Reason.SYSTEM,
        _pattern(
            r"(?:local|internal|system|server|configuration|temporary) (?:\S{1,20} )?(?:error|problem|failure|"
            r"fault|storage)|look.?up (?:failure|error)|(?:system|server|service) (?:is )?(?:currently |too |temporarily )?"
            r"(?:busy|overload|down|unavailable|not available|shutting|not accepting)",
            r"out of memory|resources|database|queue file|insufficient system",
            r"(?:系统|服务器?)[^，。；]{0,8}(?:繁忙|忙|错误|故障|维护|异常|不可用)",
        ),
    ),
    (
        Reason.GIVEN_UP,
        _pattern(
            r"retry time.?out|(?:delivery|message|mail) (?:time )?expired|in the queue too long",
            r"(?:多次|反复)(?:重试|尝试|投递)|重试[^，。；]{0,8}(?:失败|超时)",
        ),
    ),
)  # fmt: skip
# These could mean several things: a code says more.
VAGUE = (
    (
        Reason.POLICY,
        _pattern(
            r"denied|not allowed|forbidden|blocked|拒收|拒绝|禁止|屏蔽",
            r"access|permitted|restricted",
        ),
    ),
    (
        Reason.GONE,
        _pattern(
            r"mailbox(?: is)? (?:unavailable|not available|inaccessible)",
            r"(?<!暂时)(?:[邮郵]箱|信箱)(?<!暂)(?<!暂时)不可用",
        ),
    ),
)
