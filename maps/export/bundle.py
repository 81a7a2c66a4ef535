"""Joining ES modules into one script: a page opened from a file may not import its neighbours.

Each module becomes a function that returns what it exports, in the order in which they need each other.
What is understood is what the modules of this page use: ``import { a, b } from "./other.js";`` on one
line, and ``export`` before ``function``, ``class`` or ``const``.
"""

import re
from collections.abc import Callable

_IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
_LEFT_OVER = re.compile(r"^\s*(?:import|export)\b.*$", re.MULTILINE)


def bundle(entry: str, *, read: Callable[[str], str]) -> str:
    """Return one script of a module and all that it imports, each once.

    Parameters
    ----------
    entry
        Name of the module to begin with, without ``.js``.
    read
        Returns the source of a module by its name.

    Raises
    ------
    ValueError
        When modules need each other in a circle or are written in a way that is not understood.
    """
    done: dict[str, str] = {}
    _add(entry, read, done, ())
    return '"use strict";\n' + "".join(done.values())


def _add(name: str, read: Callable[[str], str], done: dict[str, str], waiting: tuple[str, ...]) -> None:
    if name in done:
        return
    if name in waiting:
        raise ValueError(f"modules need each other in a circle: {' -> '.join((*waiting, name))}")
    source = read(name)
    for _names, other in _IMPORT.findall(source):
        _add(other, read, done, (*waiting, name))
    exported = ", ".join(_EXPORT.findall(source))
    body = _EXPORT.sub("", _IMPORT.sub(r"const { \1 } = \2_js;\n", source))
    left_over = _LEFT_OVER.search(body)
    if left_over is not None:
        raise ValueError(f"{name}.js: not understood: {left_over[0].strip()}")
    done[name] = f"const {name}_js = (() => {{\n{body}return {{ {exported} }};\n}})();\n"
