"""From bytes to a validated document: what pydantic can't see of one field at a time."""

from collections.abc import Iterable, Iterator, Sequence

from pydantic import ValidationError

from fleet.formats.vroom.model import Amount, Document, Vehicle, VehicleStep
from fleet.model import ErrorCode, InputError, Problem, bad_input
from fleet.model.base import MAX_BYTES, MAX_REQUESTS
from fleet.model.documents import problems_of


def read_document(data: bytes, *, file: str = "") -> Document:
    """Read and validate VROOM's JSON.

    Raises
    ------
    InputError
        With every problem that was found.
    """
    if len(data) > MAX_BYTES:
        raise bad_input(ErrorCode.LIMIT_EXCEEDED, where="file", value=len(data), file=file, limit=MAX_BYTES)
    try:
        document = Document.model_validate_json(data.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise InputError(problems_of(error), file=file) from error
    problems = list(_problems(document))
    if problems:
        raise InputError(problems, file=file)
    return document


def amount_size(document: Document) -> int:
    """Return the number of load dimensions, which the first vehicle's capacity fixes."""
    return len(document.vehicles[0].capacity or ())


def _problems(document: Document) -> Iterator[Problem]:
    yield from _counts(document)
    yield from _identifiers(document)
    yield from _amounts(document)
    yield from _indices(document)
    yield from _matrices(document)
    yield from _steps(document)


def _counts(document: Document) -> Iterator[Problem]:
    tasks = len(document.jobs) + len(document.shipments)
    if tasks == 0:
        yield Problem(ErrorCode.LIST_EMPTY, where="jobs", params={"limit": 1})
    if tasks > MAX_REQUESTS:
        yield Problem(ErrorCode.LIMIT_EXCEEDED, "jobs", str(tasks), {"limit": MAX_REQUESTS})


def _identifiers(document: Document) -> Iterator[Problem]:
    yield from _twice("jobs[{}].id", [job.id for job in document.jobs])
    yield from _twice("shipments[{}].pickup.id", [s.pickup.id for s in document.shipments])
    yield from _twice("shipments[{}].delivery.id", [s.delivery.id for s in document.shipments])
    for rank, vehicle in enumerate(document.vehicles):
        where = f"vehicles[{rank}].breaks[{{}}].id"
        yield from _twice(where, [rest.id for rest in vehicle.breaks])


def _twice(where: str, identifiers: Sequence[int]) -> Iterator[Problem]:
    seen: dict[int, int] = {}
    for rank, identifier in enumerate(identifiers):
        first = seen.setdefault(identifier, rank)
        if first != rank:
            yield Problem(
                ErrorCode.DUPLICATE_ID, where.format(rank), str(identifier), {"first": where.format(first)}
            )


def _amounts(document: Document) -> Iterator[Problem]:
    size = amount_size(document)
    for where, amount in _all_amounts(document):
        if amount is not None and len(amount) != size:
            yield Problem(ErrorCode.AMOUNT_LENGTH, where, str(len(amount)), {"expected": size})


def _all_amounts(document: Document) -> Iterator[tuple[str, Amount | None]]:
    for rank, vehicle in enumerate(document.vehicles):
        yield f"vehicles[{rank}].capacity", vehicle.capacity or ()
        for number, rest in enumerate(vehicle.breaks):
            yield f"vehicles[{rank}].breaks[{number}].max_load", rest.max_load
    for rank, job in enumerate(document.jobs):
        yield f"jobs[{rank}].delivery", job.delivered
        yield f"jobs[{rank}].pickup", job.pickup
    for rank, shipment in enumerate(document.shipments):
        yield f"shipments[{rank}].amount", shipment.amount


def _places(document: Document) -> Iterator[tuple[str, bool, int | None]]:
    """Yield where each place stands, whether it has coordinates, and its index."""
    for rank, vehicle in enumerate(document.vehicles):
        if (vehicle.start, vehicle.start_index, vehicle.end, vehicle.end_index) == (None,) * 4:
            yield f"vehicles[{rank}].start", False, None
        for end, coordinates, index in (
            ("start", vehicle.start, vehicle.start_index),
            ("end", vehicle.end, vehicle.end_index),
        ):
            if coordinates is not None or index is not None:
                yield f"vehicles[{rank}].{end}", coordinates is not None, index
    for rank, job in enumerate(document.jobs):
        yield f"jobs[{rank}].location", job.location is not None, job.location_index
    for rank, shipment in enumerate(document.shipments):
        for kind, visit in (("pickup", shipment.pickup), ("delivery", shipment.delivery)):
            yield f"shipments[{rank}].{kind}.location", visit.location is not None, visit.location_index


def _indices(document: Document) -> Iterator[Problem]:
    """Indices go with matrices, coordinates without; and both for all places alike."""
    profiles = document.profiles
    matrices = [matrix for of in profiles.values() for matrix in (of.durations, of.distances, of.costs)]
    sizes = [len(matrix) for matrix in matrices if matrix is not None]
    for where, has_coordinates, index in _places(document):
        if sizes and index is None:
            yield Problem(ErrorCode.MISSING_KEY, f"{where}_index")
        elif index is None and not has_coordinates:
            yield Problem(ErrorCode.MISSING_KEY, where)
        elif index is not None and not sizes:
            yield Problem(ErrorCode.INDEX_WITHOUT_MATRIX, f"{where}_index", str(index))
        elif index is not None and index >= min(sizes):
            yield Problem(
                ErrorCode.INDEX_OUT_OF_RANGE, f"{where}_index", str(index), {"limit": min(sizes) - 1}
            )


def _matrices(document: Document) -> Iterator[Problem]:
    profiles = document.profiles
    used = {vehicle.profile_name for vehicle in document.vehicles}
    any_distances = any(matrices.distances is not None for matrices in profiles.values())
    for profile, matrices in profiles.items():
        for name in ("durations", "distances", "costs"):
            matrix = getattr(matrices, name) or ()
            for row, line in enumerate(matrix):
                if len(line) != len(matrix):
                    where = f"matrices.{profile}.{name}[{row}]"
                    yield Problem(
                        ErrorCode.MATRIX_NOT_SQUARE, where, str(len(line)), {"expected": len(matrix)}
                    )
                    break
        if matrices.distances is not None and matrices.durations is None:
            yield Problem(ErrorCode.MISSING_KEY, f"matrices.{profile}.durations")
    for profile in sorted(used):
        if any_distances and (profile not in profiles or profiles[profile].distances is None):
            yield Problem(ErrorCode.MISSING_KEY, f"matrices.{profile}.distances")
    for rank, vehicle in enumerate(document.vehicles):
        own = profiles.get(vehicle.profile_name)
        if own is not None and own.costs is not None and vehicle.costs.per_hour != 3_600:
            yield Problem(
                ErrorCode.COSTS_CONTRADICT, f"vehicles[{rank}].costs.per_hour", str(vehicle.costs.per_hour)
            )


def _steps(document: Document) -> Iterator[Problem]:
    known = {
        "job": {job.id for job in document.jobs},
        "pickup": {shipment.pickup.id for shipment in document.shipments},
        "delivery": {shipment.delivery.id for shipment in document.shipments},
    }
    planned: dict[tuple[str, int], str] = {}
    for rank, vehicle in enumerate(document.vehicles):
        known["break"] = {rest.id for rest in vehicle.breaks}
        rests: dict[tuple[str, int], str] = {}
        for number, step in _tasks_of(vehicle):
            where = f"vehicles[{rank}].steps[{number}].id"
            if step.id is None:
                yield Problem(ErrorCode.MISSING_KEY, where)
                continue
            if step.id not in known[step.type]:
                yield Problem(ErrorCode.UNKNOWN_ID, where, str(step.id), {"kind": step.type})
            seen = rests if step.type == "break" else planned
            first = seen.setdefault((step.type, step.id), where)
            if first != where:
                yield Problem(ErrorCode.DUPLICATE_ID, where, str(step.id), {"first": first})


def _tasks_of(vehicle: Vehicle) -> Iterable[tuple[int, VehicleStep]]:
    return ((n, step) for n, step in enumerate(vehicle.steps) if step.type not in {"start", "end"})
