"""Request sheets in XLSX and CSV: read into a day, returned with reasons, begun from a template."""

from fleet.formats.sheets.findings import Finding, Mark
from fleet.formats.sheets.importing import Answers, Imported, import_sheet
from fleet.formats.sheets.master import Master
from fleet.formats.sheets.report import reason, report_workbook
from fleet.formats.sheets.template import template_csv, template_workbook
from fleet.formats.sheets.whole_day import File, day_from_sheets

__all__ = [
    "Answers",
    "File",
    "Finding",
    "Imported",
    "Mark",
    "Master",
    "day_from_sheets",
    "import_sheet",
    "reason",
    "report_workbook",
    "template_csv",
    "template_workbook",
]
