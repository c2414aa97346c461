"""What stands under a plan's table, and is no project: totals, notes, who filled it in and when."""

from __future__ import annotations

import re

from workflow.identity import squeeze

TOTALS = re.compile("(?:合|小|总|共)计(?:[^一-龥].*|(?:人数|期数|项目|班次|班数).*)?")
NOTE = re.compile(r"(?:备注|附注|附件|附|注|说明|填表说明|填报说明)(?:[0-9一二三四五]*[:.、].*)?")
# 填报单位：…, 审核人：…, 签字, a date.
LABEL = re.compile(
    r"(?:(?:填报|填表|制表|编制|报送|报告|申报|推荐|主管|承办|本)?(?:单位|部门|处室|科室)"
    r"(?:负责人|领导|主要领导|分管领导|意见|名称|公章|盖章|联系人)*"
    r"|(?:分管|主要|主管|单位|处室|部门)?(?:领导|负责人)|(?:审核|复核|审批|审定|批准|校对|核稿|签发)(?:人|意见|单位)?"
    r"|(?:填报|填表|制表|编制|经办|报送|统计|校核|单位|项目)?(?:人|人员|联系人)|联系(?:人|电话|方式|邮箱)|(?:传真|电话|手机|邮箱|电子邮箱|地址|邮编)"
    r"|(?:填报|填表|制表|报送|编制|打印|统计)?(?:日期|时间)|签字|签名|签章|盖章|公章|(?:单位|部门)(?:公章|盖章)|年月日)?"
    r"(?:及[^:]{1,8})?(?:\((?:签字|签名|签章|盖章|公章|章)\))?(?::.*|$)"
)
DAY = re.compile(r"(?:[0-9]{4}|[〇○一二三四五六七八九十]{4})年.{1,4}月.{1,3}日|年月日")


def is_under_the_table(value: object) -> bool:
    """Whether the cell labels a line under the table: a total, a note, who filled it in, a date."""
    if isinstance(value, (int, float)):
        return False
    text = squeeze(str(value))
    return bool(text and LABEL.fullmatch(text)) or DAY.fullmatch(text) is not None or is_note(text)


def is_note(text: str) -> bool:
    """Whether it begins a total or a note."""
    return TOTALS.fullmatch(text) is not None or NOTE.fullmatch(text) is not None
