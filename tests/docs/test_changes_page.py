"""The page about changes by hand: its example is one, and it names every kind of move with its keys."""

import re
from pathlib import Path
from typing import get_args

from fleet.model.moves import Move
from fleet.service.moves import PlanChange


def test_the_example_has_every_kind_of_move(root: Path) -> None:
    page = (root / "docs" / "changes-by-hand.md").read_text()
    [example] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    kinds = [move.kind for move in PlanChange.model_validate_json(example).moves]
    models = get_args(get_args(Move)[0])
    assert kinds == [get_args(model.model_fields["kind"].annotation)[0] for model in models]


def test_the_table_names_what_may_be_left_out(root: Path) -> None:
    page = (root / "docs" / "changes-by-hand.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (.*?) ?\|$", page, re.MULTILINE))
    for model in get_args(get_args(Move)[0]):
        [kind] = get_args(model.model_fields["kind"].annotation)
        optional = {name for name, field in model.model_fields.items() if not field.is_required()}
        assert set(re.findall(r"`(\w+)`", rows[kind])) == optional
