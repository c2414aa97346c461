"""By what a project is known again within a year: its name and its host, spelling aside."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

# Excel writes control characters as _x000D_; zero-width and direction marks are invisible.
GAPS = re.compile(r"(?:[\s\x00-\x20\x7f-\xa0\u2800\u3164]|_x00[01][0-9A-Fa-f]_)+")
INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0100-\U000e01ef]"
)
# Text copied out of a PDF has radicals (民 as U+2EA0) and compatibility forms where characters are
# meant. NFKC knows the Kangxi radicals and the compatibility forms, but not the supplement.
STAND_INS = re.compile("[\u2e80-\u2fdf\u31d0-\u31e0\uf900-\ufaff\U0002f800-\U0002fa1f]")
# Radical and character in hexadecimal, from Unicode's EquivalentUnifiedIdeograph.txt; at the end
# three for which NFKC has a form that is not usual here (户, 青, 黄).
PAIRS = """
2E815382 2E824E5B 2E834E5A 2E844E59 2E854EBB 2E865182 2E885200 2E895202 2E8A535C
2E8B353E 2E8C5C0F 2E8D5C10 2E8E5140 2E8F5C23 2E905C22 2E925DF3 2E935E7A 2E945F51
2E955F50 2E965FC4 2E975FC3 2E98624C 2E996535 2E9B65E1 2E9C65E5 2E9D6708 2E9E6B7A
2EA06C11 2EA16C35 2EA26C3A 2EA3706C 2EA4722B 2EA5722C 2EA64E2C 2EA7725B 2EA872AD
2EA9738B 2EAB76EE 2EAC793A 2EAD793B 2EAF7CF9 2EB07E9F 2EB17F53 2EB27F52 2EB334C1
2EB45197 2EB67F8A 2EB98002 2EBA8080 2EBB807F 2EBC8089 2EBE8279 2EBF827A 2EC0827B
2EC1864E 2EC28864 2EC38980 2EC4897F 2EC589C1 2EC689D2 2EC88BA0 2EC98D1D 2ECB8F66
2ECC8FB6 2ECD8FB7 2ECE8FB8 2ECF9091 2ED09485 2ED19577 2ED29578 2ED3957F 2ED495E8
2ED6961D 2ED796E8 2ED89752 2ED997E6 2EDA9875 2EDB98CE 2EDC98DE 2EDD98DF 2EDF98E0
2EE09963 2EE29A6C 2EE39AA8 2EE49B3C 2EE59C7C 2EE69E1F 2EE75364 2EE89EA6 2EE99EC4
2EEA9EFE 2EEB6589 2EEC9F50 2EED6B6F 2EEE9F7F 2EEF7ADC 2EF09F99 2EF19F9C 2EF24E80
31D04E00 31D14E28 31D24E3F 31D44E36 31E04E59 2F3E6237 2FAD9752 2FC89EC4
"""
SUPPLEMENT = {chr(int(pair[:4], 16)): chr(int(pair[4:], 16)) for pair in PAIRS.split()}
# Signs that people, programs and fonts put for one another. Each group is compared as its first.
SIGNS = str.maketrans(
    {
        other: group[0]
        for group in (
            "\"'`\u00b4\u02b9\u02ba\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2032\u2033\u2035"
            "\u2036\u300c\u300d\u300e\u300f\u301d\u301e\u301f\ufe41\ufe42\ufe43\ufe44\uff02\uff07\uff62"
            "\uff63",
            "<\u00ab\u2039\u3008\u300a\u226a\uff1c",
            ">\u00bb\u203a\u3009\u300b\u226b\uff1e",
            "([{\u3010\u3014\u3016\u3018\u301a\u2985\uff08\uff3b\uff5b",
            ")]}\u3011\u3015\u3017\u3019\u301b\u2986\uff09\uff3d\uff5d",
            "-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u30fc\ufe58\ufe63\uff0d\uff70",
            "~\u02dc\u223c\u301c\u3030\uff5e",
            "\u00b7\u2022\u2027\u2219\u22c5\u25cf\u2e31\u30fb\uff65",
            ":\u2236\ua789\uff1a",
            "/\u2044\u2215\uff0f",
            "\u3007\u25cb\u25ef",  # the nought of 二〇二五
            "户戶戸",
            "青靑",
            "黄黃",
            "内內",
            "吕呂",
        )
        for other in group
    }
)
REPEATED_SIGN = re.compile(r"([\"<>~·-])\1+")


def tidy(text: str) -> str:
    """As the eye reads it: no invisible characters, every gap one space, characters for radicals."""
    text = STAND_INS.sub(lambda found: _meant(found[0]), text)
    return GAPS.sub(" ", INVISIBLE.sub("", text)).strip()


def _meant(sign: str) -> str:
    return SUPPLEMENT.get(sign) or normalize("NFKC", sign)


def squeeze(text: str) -> str:
    """For comparing: full-width to half-width (NFKC), no gaps at all."""
    return GAPS.sub("", normalize("NFKC", tidy(text)))


@lru_cache(maxsize=65536)  # a whole plan, which asks for each several times
def alike(text: str) -> str:
    """For comparing names: what looks the same is the same, whichever quotes, brackets, dashes,
    dots, widths and cases were typed."""
    text = squeeze(text.translate(SIGNS)).casefold()  # before NFKC too: it takes some signs apart
    return REPEATED_SIGN.sub(r"\1", squeeze(text).translate(SIGNS))


@lru_cache(maxsize=65536)
def identity(name: str, host: str) -> str:
    """The key of a project within its year."""
    return f"{alike(name)} {alike(host)}"


ADDED = re.compile(r"[(（\[【].*")
TITLE = re.compile(
    r"(?<=..)(?:老师|副?(?:主任|处长|科长|院长|部长|所长|经理)|先生|女士|同志|教授|秘书)$"
)


def called(name: str) -> str:
    """A person's name for comparing: without what is added in brackets, and without a title."""
    return TITLE.sub("", ADDED.sub("", squeeze(name)) or squeeze(name))
