"""Names of the samples' places: real ones of Korla as literals, elsewhere plain numbers."""

from typing import NamedTuple


class PlaceName(NamedTuple):
    """A place by its id, its name in Latin letters and its name in Chinese."""

    id: str
    name: str
    chinese: str


class VillageName(NamedTuple):
    """A village of Qiaerbag Township with its code of the statistics office and its produce requests."""

    id: str
    name: str
    chinese: str
    code: str
    june_lots: int
    january_lots: int


TOWNSHIP = "Qiaerbag Township"

QIAERBAG_VILLAGES = (
    VillageName("village-qiaerbag", "Qiaerbag", "恰尔巴格", "652801201200", 12, 7),
    VillageName("village-kazanqi", "Kazanqi", "喀赞其", "652801201201", 16, 9),
    VillageName("village-sayibag", "Sayibag", "萨依巴格", "652801201202", 22, 12),
    VillageName("village-kaladun", "Kaladun", "喀拉墩", "652801201203", 14, 8),
    VillageName("village-bositan", "Bositan", "博斯坦", "652801201204", 13, 8),
    VillageName("village-upper-kuoshibag", "Upper Kuoshibag", "上阔什巴格", "652801201205", 14, 8),
    VillageName("village-lower-kuoshibag", "Lower Kuoshibag", "下阔什巴格", "652801201206", 13, 8),
)

KORLA_COMMUNITIES = (
    PlaceName("community-lihua", "Lihua", "梨花"),
    PlaceName("community-luyuan", "Luyuan", "绿园"),
    PlaceName("community-yangguang", "Yangguang", "阳光"),
    PlaceName("community-binhe", "Binhe", "滨河"),
    PlaceName("community-loulan", "Loulan", "楼兰"),
    PlaceName("community-lixiangyuan", "Lixiangyuan", "梨香园"),
    PlaceName("community-kongque", "Kongque", "孔雀"),
    PlaceName("community-lantian", "Lantian", "蓝天"),
    PlaceName("community-tianshan", "Tianshan", "天山"),
    PlaceName("community-huaxingyuan", "Huaxingyuan", "华星园"),
    PlaceName("community-nanhu", "Nanhu", "南湖"),
    PlaceName("community-jianshe", "Jianshe", "建设"),
)

QIAERBAG_CENTRE = PlaceName("centre", "Qiaerbag operation centre", "恰尔巴格乡电商运营中心")

OUTLYING_PLOTS = (
    PlaceName("plot-1", "Outlying plot 1", "外围地块 1"),
    PlaceName("plot-2", "Outlying plot 2", "外围地块 2"),
)

KUQA_CENTRE = PlaceName("centre", "Kuqa e-commerce centre", "库车市电商中心")
KUQA_ENTERPRISES = tuple(
    PlaceName(f"enterprise-{number}", f"Enterprise {number}", f"企业 {number}") for number in range(1, 9)
)
KUQA_SITES = tuple(
    PlaceName(f"site-{number:02d}", f"Sales site {number:02d}", f"销售点 {number:02d}")
    for number in range(1, 20)
)
