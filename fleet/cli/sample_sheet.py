"""``fleet sample sheet``: the empty request sheet."""

import click

from fleet.cli.base import Command
from fleet.cli.files import check_writable, write_whole
from fleet.cli.language import language, say
from fleet.cli.options import output_file
from fleet.model import ErrorCode, bad_input


@click.command("sheet", cls=Command)
@output_file(required=True)
def command(output: str) -> None:
    """Write the empty request sheet."""
    from fleet.formats.sheets import template_csv, template_workbook

    templates = {".xlsx": template_workbook, ".csv": template_csv}
    template = next((make for ending, make in templates.items() if output.lower().endswith(ending)), None)
    if template is None:
        raise bad_input(
            ErrorCode.VALUE_NOT_ALLOWED, where="--output", value=output, expected="FILE.xlsx, FILE.csv"
        )
    check_writable(output)
    write_whole(output, template(language=language()))
    click.echo(say("wrote", file=output))
