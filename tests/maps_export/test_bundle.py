"""Modules joined into one script."""

from collections.abc import Callable

import pytest

from maps.export.bundle import bundle


def reading(**modules: str) -> Callable[[str], str]:
    return lambda name: modules[name]


def test_each_module_comes_once_and_after_what_it_needs() -> None:
    script = bundle(
        "main",
        read=reading(
            main='import { a } from "./a.js";\nimport { b } from "./b.js";\nuse(a, b);\n',
            a='import { b } from "./b.js";\nexport const a = b + 1;\n',
            b="export const b = 1;\n",
        ),
    )
    order = [script.index(f"const {name}_js =") for name in ("b", "a", "main")]
    assert order == sorted(order)
    assert [script.count(f"const {name}_js =") for name in ("a", "b", "main")] == [1, 1, 1]
    assert "return { a };" in script
    assert "import" not in script
    assert "export" not in script


@pytest.mark.parametrize(
    "line",
    [
        'import a from "./a.js";',
        'import * as a from "./a.js";',
        "export default 1;",
        "export { a };",
        'import { a } from "elsewhere";',
    ],
)
def test_what_is_not_understood_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"main\.js: not understood"):
        bundle("main", read=reading(main=f"{line}\n", a="export const a = 1;\n"))


def test_a_circle_is_named() -> None:
    modules = {"a": 'import { b } from "./b.js";\n', "b": 'import { a } from "./a.js";\n'}
    with pytest.raises(ValueError, match="a -> b -> a"):
        bundle("a", read=reading(**modules))
