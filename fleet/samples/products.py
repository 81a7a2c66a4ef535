"""Products of the samples and how many requests each day has of them. All figures are assumptions."""

from dataclasses import dataclass
from typing import NamedTuple

from fleet.model.places import Product
from fleet.samples.tricycles import INSULATED_BOX

FOOD = "food"
FARM_CHEMICALS = "farm-chemicals"


@dataclass(frozen=True, kw_only=True)
class ProductLine:
    """A product and what its requests look like; ``kg`` is the least, the most common, the greatest."""

    product: Product
    requests: int
    kg: tuple[int, int, int]


class _Row(NamedTuple):
    """Requests, kg, kg a crate, yuan a kg, minutes on board at most (0: no limit), names, equipment."""

    requests: int
    kg: tuple[int, int, int]
    kg_per_crate: float
    yuan_per_kg: float
    on_board_min: int
    english: str
    chinese: str
    uyghur: str = ""
    equipment: tuple[str, ...] = ()


# The order matters: requests are drawn in it, so that a new row belongs at the end.
_JUNE = (
    _Row(26, (40, 70, 120), 18, 3, 240, "tomato", "番茄", "پەمىدۇر"),
    _Row(8, (30, 55, 90), 15, 3, 240, "cucumber", "黄瓜"),
    _Row(6, (30, 55, 90), 15, 3, 240, "pepper", "辣椒"),
    _Row(6, (30, 55, 90), 15, 3, 240, "eggplant", "茄子"),
    _Row(14, (20, 45, 80), 12, 6, 150, "apricot", "杏", "ئۆرۈك"),
    _Row(12, (10, 20, 35), 8, 20, 90, "strawberry", "草莓"),
    _Row(12, (15, 25, 40), 8, 4, 120, "greens", "叶菜"),
    _Row(8, (8, 12, 20), 6, 15, 75, "mulberry", "桑葚", "ئۈجمە"),
    _Row(7, (15, 22, 30), 15, 10, 0, "eggs", "鸡蛋", "تۇخۇم"),
    _Row(5, (10, 15, 25), 8, 8, 0, "naan", "馕", "نان"),
)
_JANUARY = (
    _Row(18, (40, 80, 150), 20, 6, 0, "stored pears", "库尔勒香梨", "نەشپۈت"),
    _Row(12, (20, 40, 80), 20, 16, 0, "red dates", "红枣", "چىلان"),
    _Row(10, (20, 40, 70), 20, 20, 0, "walnuts", "核桃", "ياڭاق"),
    _Row(6, (15, 22, 30), 15, 10, 0, "eggs", "鸡蛋", "تۇخۇم"),
    _Row(5, (10, 15, 25), 8, 8, 0, "naan", "馕", "نان"),
    _Row(9, (20, 35, 60), 18, 7, 120, "greenhouse tomato", "温室番茄", "پەمىدۇر", (INSULATED_BOX,)),
)
# Requests are drawn elsewhere for Kuqa, the figure here is a share.
_KUQA = (
    _Row(5, (20, 40, 80), 20, 16, 0, "red dates", "红枣", "چىلان"),
    _Row(5, (20, 40, 80), 20, 20, 0, "walnuts", "核桃", "ياڭاق"),
    _Row(5, (30, 60, 120), 20, 7, 0, "fragrant pears", "香梨", "نەشپۈت"),
    _Row(5, (10, 20, 40), 8, 8, 0, "naan", "馕", "نان"),
    _Row(3, (10, 15, 30), 10, 40, 0, "dried mulberry", "桑葚干", "ئۈجمە"),
    _Row(3, (10, 15, 30), 12, 45, 0, "honey", "蜂蜜", "ھەسەل"),
    _Row(3, (20, 40, 60), 15, 22, 0, "raisins", "葡萄干", "كىشمىش"),
    _Row(4, (20, 40, 80), 12, 6, 150, "grapes", "葡萄", "ئۈزۈم"),
    _Row(2, (8, 12, 20), 6, 18, 75, "figs", "无花果", "ئەنجۈر"),
    _Row(3, (20, 40, 60), 15, 9, 0, "pomegranates", "石榴", "ئانار"),
    _Row(3, (15, 30, 50), 15, 35, 0, "almonds", "巴旦木", "بادام"),
    _Row(4, (50, 90, 150), 25, 3, 0, "melons", "甜瓜", "قوغۇن"),
    _Row(3, (60, 100, 160), 30, 2, 0, "watermelons", "西瓜", "تاۋۇز"),
    _Row(2, (15, 30, 50), 12, 7, 150, "peaches", "桃", "شاپتۇل"),
    _Row(3, (30, 60, 100), 20, 6, 0, "apples", "苹果", "ئالما"),
    _Row(3, (15, 25, 40), 15, 30, 0, "dried apricots", "杏干"),
    _Row(3, (15, 22, 30), 15, 10, 0, "eggs", "鸡蛋", "تۇخۇم"),
    _Row(2, (10, 20, 30), 12, 12, 180, "yogurt", "酸奶"),
    _Row(2, (20, 40, 60), 20, 14, 0, "sunflower seeds", "葵花籽"),
    _Row(2, (15, 30, 50), 15, 25, 0, "walnut kernels", "核桃仁"),
    _Row(2, (10, 20, 30), 12, 30, 0, "walnut oil", "核桃油"),
    _Row(2, (10, 15, 25), 10, 26, 0, "jujube slices", "枣片"),
    _Row(2, (10, 15, 25), 12, 24, 0, "fruit preserves", "果酱"),
    _Row(3, (30, 50, 80), 25, 5, 0, "flour", "面粉"),
    _Row(2, (10, 20, 30), 12, 20, 0, "dried peppers", "辣椒干"),
)

PARCEL = Product(id="parcel", name="parcel", names={"en": "parcel", "zh-Hans": "快递包裹"}, kg_per_crate=15.0)
PARCEL_KG = (2, 15)
PARCEL_VALUE_YUAN = 20.0
FERTILISER = Product(
    id="fertiliser",
    name="fertiliser",
    names={"en": "fertiliser", "zh-Hans": "化肥"},
    kg_per_crate=25.0,
    price_yuan_per_kg=3.0,
    keep_apart=FARM_CHEMICALS,
)
FERTILISER_KG = (40, 50)


def june_lines() -> tuple[ProductLine, ...]:
    """Return the products of a June morning: 104 requests."""
    return tuple(map(_product_line, _JUNE))


def january_lines() -> tuple[ProductLine, ...]:
    """Return the products of a January day: 60 requests; tomatoes require the insulated box."""
    return tuple(map(_product_line, _JANUARY))


def kuqa_lines() -> tuple[ProductLine, ...]:
    """Return Kuqa's catalogue of 25 products; ``requests`` is the share of each."""
    return tuple(map(_product_line, _KUQA))


def _product_line(row: _Row) -> ProductLine:
    product = Product.model_validate(
        {
            "id": row.english.replace(" ", "-"),
            "name": row.english,
            "names": {
                language: name
                for language, name in (("en", row.english), ("zh-Hans", row.chinese), ("ug", row.uyghur))
                if name
            },
            "kg_per_crate": row.kg_per_crate,
            "price_yuan_per_kg": row.yuan_per_kg,
            "on_board_limit_s": 60 * row.on_board_min or None,
            "keep_apart": FOOD,
            "equipment": row.equipment,
        }
    )
    return ProductLine(product=product, requests=row.requests, kg=row.kg)
