"""Links that open a point in the map programs that phones in China have, each in its own datum."""

from urllib.parse import quote

from fleet.model.route_packet import Links
from maps.datum import Point, bd09, gcj02

SOURCE = "oasis-fleet"


def navigation_links(*, name: str, latitude: float, longitude: float) -> Links:
    """Return the links to a point of WGS 84, by bicycle where a program asks: a tricycle uses such roads.

    Parameters
    ----------
    name : str
        What the map calls the point.
    latitude, longitude : float
        Degrees in WGS 84, which ``geo:`` takes; Amap and Tencent get GCJ-02, Baidu BD-09.
    """
    shown = quote(name.replace(",", " ").replace("|", " "), safe="")
    amap, baidu = gcj02(latitude, longitude), bd09(latitude, longitude)
    here = f"{latitude:.6f},{longitude:.6f}"
    return Links(
        amap=(
            f"https://uri.amap.com/navigation?to={amap.longitude:.6f},{amap.latitude:.6f},{shown}"
            f"&mode=ride&coordinate=gaode&src={SOURCE}&callnative=1"
        ),
        baidu=(
            f"baidumap://map/direction?destination=latlng:{_pair(baidu)}%7Cname:{shown}"
            f"&coord_type=bd09ll&mode=riding&src={SOURCE}"
        ),
        tencent=(
            f"https://apis.map.qq.com/uri/v1/routeplan?type=bike&to={shown}"
            f"&tocoord={_pair(amap)}&referer={SOURCE}"
        ),
        geo=f"geo:{here}?q={here}({shown})",
    )


def _pair(point: Point) -> str:
    return f"{point.latitude:.6f},{point.longitude:.6f}"
