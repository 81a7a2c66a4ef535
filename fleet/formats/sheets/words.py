"""Comparing what people write: one spelling for equal words, and the words that stand for something."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from fleet.texts import LANGUAGES, keys, text

_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff")
)
_DASHES = re.compile("[‐‑‒–—―−]+")
_WAVES = re.compile("[〜∼～~]+")
_SEPARATORS = re.compile(r"[\s·•・‧∙_'’`]+")

_GROUP = re.compile(
    r"(?<=\S)\s*第?([0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})\s*(村民小组|小组|组|小队|队)$"
)

LONGEST_READ = 200
"""Characters of a cell that are looked at; a longer text is no name, time or weight."""

DITTO = frozenset(
    ("同上", "同前", "上同", "〃", "″", '"', "''", "´´", "ditto", "do.", "same", "يۇقىرىقىدەك", "ئوخشاش")
)
TOTALS = re.compile(
    r"(本页|今日|全村)?(合计|总计|小计|共计|总数|累计|grandtotal|total|totals|subtotal|sum|جەمئىي|ئومۇمىي)(数|量|重量|kg)?"
    r"([:(].*)?"
)
YES = frozenset(("是", "必须", "要", "对", "√", "✓", "✔", "yes", "y", "true", "1", "ھەئە", "شۇنداق"))
NO = frozenset(("否", "不", "不是", "不必", "×", "✗", "no", "n", "false", "0", "ياق"))
EVERYWHERE = frozenset(("全部", "所有", "不限", "都可以", "any", "all", "ھەممىسى"))
ANY_TIME = frozenset(
    (
        "早上",
        "早晨",
        "清晨",
        "上午",
        "随时",
        "不限",
        "morning",
        "anytime",
        "any",
        "ئەتىگەن",
        "ئەتىگەندە",
        "ھەرۋاقىت",
    )
)
"""Words under a time that leave it to the place's own opening."""

CENTRE = frozenset(("中心", "运营中心", "电商中心", "centre", "center", "مەركەز"))
VILLAGE_ENDINGS = ("村委会", "村民委员会", "行政村", "村", "village", "كەنتى", "كەنت")
COMMUNITY_ENDINGS = ("社区居委会", "社区", "小区", "community", "مەھەللىسى", "مەھەللە")

_CLOCKS = {
    "Asia/Shanghai": (
        "北京时间", "北京", "beijing", "beijingtime", "utc+8", "utc+08:00",
        "بېيجىڭۋاقتى", "بېيجىڭ",
    ),
    "Asia/Urumqi": (
        "新疆时间", "新疆", "乌鲁木齐时间", "乌鲁木齐", "乌时", "urumqi", "urumqitime", "xinjiang",
        "xinjiangtime", "utc+6", "utc+06:00", "شىنجاڭۋاقتى", "شىنجاڭ", "ئۈرۈمچىۋاقتى", "ئۈرۈمچى",
    ),
}  # fmt: skip
ZONE_OF_WORD = {word: zone for zone, words in _CLOCKS.items() for word in words}

_PRODUCTS = """
番茄 西红柿 洋柿子 tomato tomatoes پەمىدۇر شوخلا
黄瓜 青瓜 cucumber cucumbers تەرخەمەك
辣椒 辣子 青椒 线椒 pepper peppers chili قىزىلمۇچ لازا مۇچ
茄子 eggplant eggplants aubergine پىدىگەن
洋葱 皮牙子 皮芽子 葱头 onion onions پىياز
土豆 洋芋 马铃薯 potato potatoes ياڭيۇ بەرەڭگە
胡萝卜 黄萝卜 红萝卜 carrot carrots سەۋزە
恰玛古 恰麻古 芜菁 蔓菁 turnip turnips چامغۇر
白菜 大白菜 莲花白 包菜 cabbage يېسىۋىلەك بەسەي
叶菜 青菜 绿叶菜 小白菜 greens كۆكتات
豆角 豇豆 beans پۇرچاق
杏 杏子 鲜杏 apricot apricots ئۆرۈك
草莓 strawberry strawberries بۆلجۈرگەن
桑葚 桑椹 桑子 mulberry mulberries ئۈجمە
桃 桃子 peach peaches شاپتۇل
葡萄 鲜葡萄 grape grapes ئۈزۈم
葡萄干 raisin raisins كىشمىش
香梨 库尔勒香梨 梨 pear pears fragrantpears storedpears نەشپۈت
苹果 apple apples ئالما
无花果 fig figs ئەنجۈر
石榴 pomegranate pomegranates ئانار
甜瓜 哈密瓜 melon melons قوغۇن
西瓜 watermelon watermelons تاۋۇز
红枣 大枣 枣 枣子 reddates dates jujube jujubes چىلان
核桃 胡桃 walnut walnuts ياڭاق
巴旦木 巴旦杏 巴达木 almond almonds بادام
鸡蛋 土鸡蛋 蛋 egg eggs تۇخۇم
馕 馕饼 naan nan نان
蜂蜜 honey ھەسەل
酸奶 yogurt yoghurt قېتىق
面粉 白面 flour ئۇن
葵花籽 葵花子 瓜子 sunflowerseeds گازىر
快递包裹 快递 包裹 parcel parcels پوسۇلكا
化肥 肥料 fertiliser fertilizer ئوغۇت
"""


def plain(written: object) -> str:
    """Return words as they are compared: one width, one case, no blanks, dots or invisible marks."""
    folded = unicodedata.normalize("NFKC", str(written)[:LONGEST_READ]).translate(_INVISIBLE).casefold()
    return _SEPARATORS.sub("", _WAVES.sub("~", _DASHES.sub("-", folded)))


def digits_as_ascii(written: str) -> str:
    """Return a text with the digits of every script as 0 to 9."""
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in written)


def without_group(written: object) -> tuple[str, str]:
    """Return a village's name and the group within it, if any: 萨依巴格村3组 is 萨依巴格村 and 3组."""
    name = " ".join(str(written)[:LONGEST_READ].split())
    found = _GROUP.search(name)
    return (name, "") if found is None else (name[: found.start()].strip(), found[0].strip())


def is_ditto(written: object) -> bool:
    """Whether a cell says "as above"."""
    return isinstance(written, str) and (written.strip() in DITTO or plain(written) in DITTO)


def is_total(written: object) -> bool:
    """Whether a cell begins a line of totals."""
    return isinstance(written, str) and TOTALS.fullmatch(plain(written)) is not None


def is_example(written: object) -> bool:
    """Whether a cell marks the template's example, in any language."""
    return isinstance(written, str) and plain(written) in _said("example_mark")


def is_own_sheet(name: str) -> bool:
    """Whether a sheet is one that the template or a report brought: nobody expects it to be read."""
    return plain(name) in _said("sheet_help") | _said("sheet_problems")


def similar(written: str, known: Iterable[str], *, most: int = 3) -> str:
    """Return the known names nearest to one, to be offered and never to be taken; empty without any."""
    names = {plain(name): name for name in known}
    found = difflib.get_close_matches(plain(written), names, n=most, cutoff=0.5)
    return ", ".join(names[name] for name in found)


@cache
def product_synonyms() -> dict[str, frozenset[str]]:
    """Return all names of a product by each of them, the dialect's and other languages' among them."""
    groups = [frozenset(map(plain, line.split())) for line in _PRODUCTS.strip().splitlines()]
    return {name: group for group in groups for name in group}


@cache
def _said(key: str) -> frozenset[str]:
    return frozenset(
        plain(text(key, domain="sheets", language=language))
        for language in LANGUAGES
        if key in keys("sheets", language=language)
    )
