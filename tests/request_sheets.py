"""A small day to import into, and request sheets made for the tests: real workbooks, real CSV."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from fleet.formats.sheets import Answers, Finding, Imported, Master, import_sheet
from fleet.model import Day
from fleet.model.requests import Request

HEADER = (
    "序号", "日期", "村", "农户姓名", "电话", "品名", "重量(公斤)", "筐数", "取货地点", "最早取货(北京时间)",
    "最晚取货(北京时间)", "送往社区", "最迟送达(北京时间)", "摊位号", "估价(元)", "必须送", "备注",
)  # fmt: skip
ROW: Mapping[str, object] = {"村": "萨依巴格", "农户姓名": "07号户", "品名": "番茄", "重量(公斤)": 54}
Fill = Callable[[Worksheet], Any]


def small_day() -> Day:
    """Three villages, a village and a community of one name, a centre with stalls, one request."""
    return Day.model_validate_json(_DAY)


def at(clock: str) -> str:
    return f"2026-06-15T{clock}:00+08:00"


def csv_of(*rows: Sequence[object], header: Sequence[object] | None = HEADER) -> bytes:
    """A CSV file in UTF-8; no cell of the tests needs quoting."""
    lines = ([header] if header is not None else []) + list(rows)
    return "\n".join(",".join("" if cell is None else str(cell) for cell in line) for line in lines).encode()


def row_of(**cells: object) -> list[object]:
    """A good row, with some cells otherwise; titles without their brackets may be named, too."""
    full = dict(ROW)
    for name, value in cells.items():
        full[next(title for title in HEADER if title.split("(")[0] == name)] = value
    return [full.get(title) for title in HEADER]


def workbook_of(
    rows: Iterable[Sequence[object]],
    *,
    title: str = "需求",
    fill: Fill | None = None,
    more: Mapping[str, Iterable[Sequence[object]]] | None = None,
) -> bytes:
    """An XLSX workbook with these rows; ``fill`` does what rows can't say: merge, hide, format."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if fill is not None:
        fill(sheet)
    for name, other in (more or {}).items():
        extra = workbook.create_sheet(name)
        for row in other:
            extra.append(list(row))
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def with_cached_value(workbook: bytes, cell: str, value: float) -> bytes:
    """The workbook as a spreadsheet program saves it: a formula and, beside it, what it came to."""

    def calculated(xml: bytes) -> bytes:
        pattern = rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)<v ?/?>(</v>)?'
        changed, times = re.subn(pattern, rf"\g<1><v>{value}</v>", xml.decode())
        assert times == 1, xml
        return changed.encode()

    return repacked(workbook, {"xl/worksheets/sheet1.xml": calculated})


def repacked(workbook: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """The workbook with some of its parts changed."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, changes[name](content) if name in changes else content)
    return stream.getvalue()


def imported(data: bytes, *, day: Day | None = None, **answers: Any) -> Imported:
    """The import of a file into the small day."""
    return import_sheet(data, master=Master.of(day or small_day()), answers=Answers(**answers), file="sheet")


def requests_of(data: bytes, **answers: Any) -> list[Request]:
    """The requests that a file brings, when nothing is wrong with it."""
    result = imported(data, **answers)
    assert result.problems == ()
    day = result.into(small_day())
    known = {request.id for request in small_day().requests}
    return [request for request in day.requests if request.id not in known]


def one(**cells: object) -> Request:
    """The request of a single good row, with some cells otherwise."""
    (request,) = requests_of(csv_of(row_of(**cells)))
    return request


def codes(findings: Iterable[Finding]) -> list[str]:
    return [str(finding.code) for finding in findings]


def problem(data: bytes, **answers: Any) -> Finding:
    """The one problem of a file."""
    (finding,) = imported(data, **answers).problems
    return finding


def problem_of(**cells: object) -> Finding:
    """The one problem of a single row."""
    return problem(csv_of(row_of(**cells)))


_DAY = """{
 "format": "fleet-day/1", "date": "2026-06-15", "zone": "Asia/Shanghai",
 "places": [
  {"id": "centre", "name": "Operation centre", "names": {"zh-Hans": "电商运营中心"}, "kind": "centre",
   "latitude": 41.7275, "longitude": 86.108, "stalls": 38},
  {"id": "village-sayibag", "name": "Sayibag", "names": {"zh-Hans": "萨依巴格"}, "kind": "village",
   "latitude": 41.70, "longitude": 86.12},
  {"id": "village-upper", "name": "Upper Kuoshibag", "names": {"zh-Hans": "上阔什巴格"}, "kind": "village",
   "latitude": 41.71, "longitude": 86.13},
  {"id": "village-lower", "name": "Lower Kuoshibag", "names": {"zh-Hans": "下阔什巴格"}, "kind": "village",
   "latitude": 41.72, "longitude": 86.14},
  {"id": "community-sayibag", "name": "Sayibag Community", "names": {"zh-Hans": "萨依巴格"},
   "kind": "community", "latitude": 41.75, "longitude": 86.15},
  {"id": "community-lihua", "name": "Lihua", "names": {"zh-Hans": "梨花"}, "kind": "community",
   "latitude": 41.76, "longitude": 86.16},
  {"id": "community-luyuan", "name": "Luyuan", "names": {"zh-Hans": "绿园"}, "kind": "community",
   "latitude": 41.77, "longitude": 86.17}
 ],
 "households": [
  {"id": "sayibag-01", "name": "萨依巴格 01号户", "place": "village-sayibag"},
  {"id": "same-a", "name": "同名户", "phone": "13800001111", "place": "village-sayibag"},
  {"id": "same-b", "name": "同名户", "phone": "13800002222", "place": "village-sayibag"},
  {"id": "ayi", "name": "阿依古丽", "phone": "13900003333", "place": "village-sayibag"}
 ],
 "products": [
  {"id": "tomato", "name": "tomato", "names": {"zh-Hans": "番茄", "ug": "پەمىدۇر"}, "kg_per_crate": 18,
   "price_yuan_per_kg": 3},
  {"id": "pepper", "name": "pepper", "names": {"zh-Hans": "辣椒"}, "kg_per_crate": 15,
   "price_yuan_per_kg": 3},
  {"id": "onion", "name": "onion", "names": {"zh-Hans": "洋葱"}, "kg_per_crate": 20, "price_yuan_per_kg": 2},
  {"id": "potato", "name": "potato", "names": {"zh-Hans": "土豆"}, "kg_per_crate": 25,
   "price_yuan_per_kg": 2},
  {"id": "loose", "name": "loose goods", "names": {"zh-Hans": "散货"}}
 ],
 "tricycles": [
  {"id": "tricycle-01", "number": 1, "start_place": "centre", "end_place": "centre", "payload_kg": 250,
   "crates": 16, "speed_kmh": 20,
   "shift": {"start": "2026-06-15T06:45:00+08:00", "end": "2026-06-15T13:45:00+08:00"}}
 ],
 "requests": [
  {"id": "r001", "household": "sayibag-01", "product": "tomato", "kg": 50, "crates": 3,
   "pickup": {"place": "village-sayibag", "handling_s": 120},
   "dropoffs": [{"place": "community-lihua", "handling_s": 120}], "value_yuan": 150}
 ]
}"""
