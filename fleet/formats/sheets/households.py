"""Households of a sheet: known by village, name as it is compared, and the last four digits of the phone."""

from collections import defaultdict
from collections.abc import Iterable

from fleet.formats.sheets.findings import CellError
from fleet.formats.sheets.words import plain
from fleet.model import ErrorCode
from fleet.model.places import Household, Place

PHONE_DIGITS_COMPARED = 4


class Households:
    """Those of the day, and those that a sheet brings."""

    def __init__(self, households: Iterable[Household], places: Iterable[Place]) -> None:
        self.by_id = {household.id: household for household in households}
        self._village_names = {
            place.id: sorted(
                {plain(name) for name in (place.name, *place.names.values())}, key=len, reverse=True
            )
            for place in places
        }
        self._named: dict[tuple[str | None, str], list[str]] = defaultdict(list)
        self._alike: dict[tuple[str | None, str], list[str]] = defaultdict(list)
        for household in self.by_id.values():
            self._enter(household)
        self.new: set[str] = set()

    def one(self, *, village: Place, name: str, phone: str | None) -> Household:
        """Return the household of a row, a new one where there is none of that name.

        Raises
        ------
        CellError
            SHEET_HOUSEHOLD_AMBIGUOUS when several fit.
        """
        key = village.id, self._compared(village.id, name)
        found = [self.by_id[known] for known in self._named.get(key, ())]
        if phone is not None:
            same = [
                known
                for known in found
                if known.phone and known.phone[-PHONE_DIGITS_COMPARED:] == phone[-PHONE_DIGITS_COMPARED:]
            ]
            found = same or [known for known in found if not known.phone]
        if len(found) > 1:
            endings = ", ".join(
                f"…{known.phone[-PHONE_DIGITS_COMPARED:]}" if known.phone else known.id for known in found
            )
            raise CellError(ErrorCode.SHEET_HOUSEHOLD_AMBIGUOUS, candidates=endings)
        if found:
            household = found[0]
            if phone is not None and household.phone is None:
                household = household.model_copy(update={"phone": phone})
                self.by_id[household.id] = household
            return household
        household = Household(
            id=self._next_id(), name=" ".join(name.split())[:200], phone=phone, place=village.id
        )
        self.by_id[household.id] = household
        self.new.add(household.id)
        self._enter(household)
        return household

    def spelt_alike(self, household: Household) -> str:
        """Return a name of the village that a new household's may be a misspelling of, or nothing.

        Numbers tell households apart, so that 07号户 is no misspelling of 08号户.
        """
        wanted = self._compared(household.place, household.name)
        for pattern in _one_letter_off(wanted):
            for known in self._alike[household.place, pattern]:
                other = self._compared(household.place, self.by_id[known].name)
                if known != household.id and other != wanted and _digits(other) == _digits(wanted):
                    return self.by_id[known].name
        return ""

    def _enter(self, household: Household) -> None:
        name = self._compared(household.place, household.name)
        self._named[household.place, name].append(household.id)
        for pattern in _one_letter_off(name):
            self._alike[household.place, pattern].append(household.id)

    def _compared(self, village: str | None, name: str) -> str:
        """The village's own name in front of a household's adds nothing: 萨依巴格 07号户 is 07号户."""
        compared = plain(name)
        for prefix in self._village_names.get(village or "", ()):
            if compared.startswith(prefix) and compared != prefix:
                return compared.removeprefix(prefix).removeprefix("村")
        return compared

    def _next_id(self) -> str:
        number = len(self.by_id) + 1
        while f"h{number:04d}" in self.by_id:
            number += 1
        return f"h{number:04d}"


def _digits(name: str) -> str:
    return "".join(char for char in name if char.isdigit())


def _one_letter_off(name: str) -> set[str]:
    """Names that share one of these differ by a letter; two letters are too few to tell."""
    if not 3 <= len(name) <= 30:
        return set()
    return {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}
