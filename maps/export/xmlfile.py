"""XML files: what XML 1.0 can't hold is left out, and a file is laid out for human eyes."""

import re
from xml.etree import ElementTree

# Control characters, surrogates and non-characters: no XML 1.0 document may hold them, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def child(
    parent: ElementTree.Element, tag: str, content: object = None, **attributes: str
) -> ElementTree.Element:
    """Append an element, with text where there is any."""
    element = ElementTree.SubElement(parent, tag, {k: clean(v) for k, v in attributes.items()})
    if content is not None:
        element.text = clean(str(content))
    return element


def clean(words: str) -> str:
    """Return words without the characters that XML forbids."""
    return _FORBIDDEN.sub("", words)


def file_bytes(root: ElementTree.Element) -> bytes:
    """Return the whole file in UTF-8."""
    ElementTree.indent(root, " ")
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"
