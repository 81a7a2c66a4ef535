"""From tagged turn restrictions to pairs of arcs."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from maps.roads.geometry import FloatArray, IntArray
from maps.roads.reader import RestrictionRecord


def resolve_restrictions(
    records: Iterable[RestrictionRecord],
    *,
    tails: IntArray,
    heads: IntArray,
    speeds_kmh: FloatArray,
    way_ids: IntArray,
    node_of_ref: Mapping[int, int],
) -> tuple[IntArray, dict[str, int]]:
    """Banned turns (k, 2) as pairs of arcs, and counts of what was applied and what was not.

    A restriction whose ways or junction are not in the graph has nothing to restrict
    (``restrictions_absent``). One whose member passes straight through the junction, so that it names no
    single arc, is ``restrictions_ambiguous``; via ways are ``restrictions_via_way``.
    """
    counts = dict.fromkeys(
        (
            "restrictions_applied",
            "restrictions_absent",
            "restrictions_ambiguous",
            "restrictions_unknown",
            "restrictions_via_way",
        ),
        0,
    )
    arcs = _Arcs(tails=tails, heads=heads, speeds_kmh=speeds_kmh, way_ids=way_ids)
    turns: set[tuple[int, int]] = set()
    for record in records:
        found, verdict = _resolve(record, arcs, node_of_ref)
        counts[f"restrictions_{verdict}"] += 1
        turns |= found
    return np.array(sorted(turns), dtype=np.int64).reshape(-1, 2), counts


class _Arcs:
    """Open arcs by node: who arrives, who leaves, and along which way."""

    def __init__(
        self, *, tails: IntArray, heads: IntArray, speeds_kmh: FloatArray, way_ids: IntArray
    ) -> None:
        self.way_of = np.repeat(way_ids, 2).tolist()
        self.arriving: dict[int, list[int]] = {}
        self.leaving: dict[int, list[int]] = {}
        sources = np.column_stack([tails, heads]).ravel().tolist()
        targets = np.column_stack([heads, tails]).ravel().tolist()
        for arc in np.flatnonzero(speeds_kmh.ravel() > 0).tolist():
            self.leaving.setdefault(sources[arc], []).append(arc)
            self.arriving.setdefault(targets[arc], []).append(arc)

    def along(self, arcs: Sequence[int], way_id: int) -> list[int]:
        return [arc for arc in arcs if self.way_of[arc] == way_id]


def _resolve(
    record: RestrictionRecord, arcs: _Arcs, node_of_ref: Mapping[int, int]
) -> tuple[set[tuple[int, int]], str]:
    if record.via_ways:
        return set(), "via_way"
    if len(record.via_nodes) != 1 or not record.from_ways or not record.to_ways:
        return set(), "unknown"
    if not record.kind.startswith(("no_", "only_")):
        return set(), "unknown"
    node = node_of_ref.get(record.via_nodes[0])
    if node is None:
        return set(), "absent"
    arriving, leaving = arcs.arriving.get(node, []), arcs.leaving.get(node, [])
    turns: set[tuple[int, int]] = set()
    absent = True
    for from_way in record.from_ways:
        for to_way in record.to_ways:
            ins, outs = arcs.along(arriving, from_way), arcs.along(leaving, to_way)
            if record.kind == "no_u_turn" and from_way == to_way and len(ins) > 1:
                return set(), "ambiguous"
            if from_way != to_way and (len(ins) > 1 or len(outs) > 1):
                return set(), "ambiguous"
            if not ins or not outs:
                continue
            absent = False
            pairs = {(arc, out) for arc in ins for out in outs}
            if from_way == to_way and record.kind != "no_u_turn":
                pairs = {(arc, out) for arc, out in pairs if arc // 2 != out // 2}
                if len(pairs) != 1:
                    return set(), "ambiguous"
            if record.kind.startswith("only_"):
                (arc, only), *_ = pairs
                pairs = {(arc, out) for out in leaving if out != only}
            turns |= pairs
    return turns, "absent" if absent else "applied"
