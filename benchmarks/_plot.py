"""Pictures as SVG, drawn by matplotlib, which only they need."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLOURS = {
    "ours": "#0b7a3e",
    "vroom": "#8c564b",
    "pyvrp": "#1f77b4",
    "commiv": "#d62728",
    "ortools": "#7f7f7f",
}

Panel = tuple[str, dict[str, dict[str, float | None]]]
"""A title, and for each group of bars the value of each solver; None where there is no solution."""
Curves = tuple[str, dict[str, list[tuple[float, float]]]]
"""A title, and for each solver points of seconds and value."""


def bars(path: Path, panels: Sequence[Panel], *, x_label: str, y_label: str) -> None:
    """Draw groups of bars, a panel for each title."""
    figure, axes = _figure(len(panels))
    for axis, (title, groups) in zip(axes, panels, strict=True):
        solvers = list(dict.fromkeys(solver for values in groups.values() for solver in values))
        width = 0.8 / max(1, len(solvers))
        for rank, solver in enumerate(solvers):
            values = [groups[group].get(solver) for group in groups]
            places = [at + width * (rank - (len(solvers) - 1) / 2) for at in range(len(groups))]
            heights = [0.0 if value is None else value for value in values]
            axis.bar(places, heights, width, label=solver, color=COLOURS[solver])
            for place, value in zip(places, values, strict=True):
                if value is None:
                    axis.annotate("none", (place, 0), ha="center", va="bottom", rotation=90, fontsize=7)
        axis.set_xticks(range(len(groups)), list(groups))
        axis.set_title(title)
        axis.set_xlabel(x_label)
    axes[0].set_ylabel(y_label)
    axes[0].legend()
    figure.savefig(path)


def curves(path: Path, panels: Sequence[Curves], *, x_label: str, y_label: str) -> None:
    """Draw lines over time on a logarithmic axis, a panel for each title."""
    figure, axes = _figure(len(panels))
    for axis, (title, lines) in zip(axes, panels, strict=True):
        for solver, points in lines.items():
            # What ours found lasts until it finds something better; between a peer's runs nothing is known.
            steps = "steps-post" if solver == "ours" else "default"
            style = "-" if solver == "ours" else ":"
            axis.plot(
                [at for at, _ in points],
                [value for _, value in points],
                label=solver,
                color=COLOURS[solver],
                drawstyle=steps,
                linestyle=style,
                marker="" if solver == "ours" else "o",
            )
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter("{x:g}")
        axis.xaxis.set_minor_formatter("{x:g}")
        axis.set_title(title)
        axis.set_xlabel(x_label)
    axes[0].set_ylabel(y_label)
    axes[0].legend()
    figure.savefig(path)


def _figure(panels: int) -> tuple[Any, list[Any]]:
    import matplotlib

    matplotlib.use("svg")
    # The same picture from the same figures: no date, no random ids.
    matplotlib.rcParams["svg.hashsalt"] = "oasis-fleet"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        1, panels, figsize=(5.5 * panels, 4), squeeze=False, sharey=False, layout="constrained"
    )
    return figure, list(axes[0])
