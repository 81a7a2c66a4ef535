"""From the bytes of a file to its sheets: what kind of file it is decides the reader."""

from fleet.formats.sheets.grid import Grid
from fleet.formats.sheets.text_table import read_csv
from fleet.formats.sheets.workbook import read_workbook
from fleet.model import ErrorCode, bad_input
from fleet.model.base import MAX_BYTES

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"mime-version:")
"""Reports of other programs that call themselves .xls are web pages inside."""


def is_workbook(data: bytes) -> bool:
    """Whether a file is an XLSX workbook by its first bytes."""
    return data.startswith(_ZIP)


def is_json(data: bytes) -> bool:
    """Whether a file is a JSON document by its first character."""
    return data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_grids(data: bytes, *, file: str = "") -> list[Grid]:
    """Return the sheets of an XLSX workbook, or the one of a CSV file.

    Raises
    ------
    InputError
        LIMIT_EXCEEDED beyond 20 MB, rows, columns or unpacked size; SHEET_LOCKED, SHEET_FORMAT,
        SHEET_DAMAGED, SHEET_ENCODING.
    """
    if len(data) > MAX_BYTES:
        raise bad_input(ErrorCode.LIMIT_EXCEEDED, where="file", value=len(data), file=file, limit=MAX_BYTES)
    if is_workbook(data):
        return read_workbook(data, file=file)
    if data.startswith(_OLE):
        # An encrypted workbook is an OLE container too; its directory names the package in UTF-16.
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise bad_input(ErrorCode.SHEET_LOCKED if locked else ErrorCode.SHEET_FORMAT, file=file)
    if data.startswith(_OTHERS) or data[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_MARKUP):
        raise bad_input(ErrorCode.SHEET_FORMAT, file=file)
    return [read_csv(data, file=file)]
