"""Finding by name: the column decides the kind of a place, no near miss is taken, candidates are offered."""

import re
from collections import defaultdict
from collections.abc import Iterable

from fleet.formats.sheets.columns import Column, in_all_languages
from fleet.formats.sheets.findings import CellError
from fleet.formats.sheets.words import (
    CENTRE,
    COMMUNITY_ENDINGS,
    EVERYWHERE,
    VILLAGE_ENDINGS,
    plain,
    product_synonyms,
    similar,
)
from fleet.model import ErrorCode
from fleet.model.places import Place, PlaceKind, Product

KINDS_OF_COLUMN: dict[Column, tuple[PlaceKind, ...]] = {
    Column.VILLAGE: ("village", "site", "station", "centre"),
    Column.PICKUP_PLACE: ("village", "site", "station", "centre"),
    Column.TARGETS: ("community", "site", "station", "centre"),
}
"""What a column names. 萨依巴格 is a village under 村 and a community under 送往社区."""
MAX_TARGETS = 50
MAX_OFFERS = 200
"""Unknown names of a file that candidates are looked for; whoever has more has another list of names."""
_TARGET_SEPARATORS = re.compile(r"[、;；,，،؛/\n]+")


class Places:
    """Places by their names in every language, and by their ids."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            for name in {plain(name) for name in (place.id, place.name, *place.names.values())}:
                self._by_name[name].append(place)
        self._offers = MAX_OFFERS
        self._centres = [place for place in self.places if place.kind == "centre"]

    def village_names(self) -> frozenset[str]:
        """Return what a sheet may be called so that its rows are that village's."""
        kinds = KINDS_OF_COLUMN[Column.VILLAGE]
        names = {name for name, found in self._by_name.items() if any(place.kind in kinds for place in found)}
        return frozenset(names | {name + ending for name in names for ending in VILLAGE_ENDINGS[:4]})

    def one(self, written: object, column: Column) -> Place:
        """Return the place that a cell names.

        Raises
        ------
        CellError
            SHEET_PLACE_UNKNOWN, SHEET_PLACE_KIND, SHEET_NAME_AMBIGUOUS.
        """
        name, kinds = plain(written), KINDS_OF_COLUMN[column]
        found = [place for place in self._by_name.get(name, ()) if place.kind in kinds]
        if not found:
            found = self._with_ending(name)
        if not found and name in CENTRE and len(self._centres) == 1:
            found = self._centres
        if len(found) == 1:
            return found[0]
        if found:
            raise CellError(ErrorCode.SHEET_NAME_AMBIGUOUS, candidates=", ".join(place.id for place in found))
        other = self._by_name.get(name, ())
        if other:
            raise CellError(
                ErrorCode.SHEET_PLACE_KIND,
                kind=in_all_languages(f"kind_{other[0].kind}"),
                expected=in_all_languages(f"kind_{kinds[0]}"),
            )
        self._offers -= 1
        names = {name for place in self.places if place.kind in kinds for name in _shown_names(place)}
        raise CellError(
            ErrorCode.SHEET_PLACE_UNKNOWN,
            candidates=similar(str(written), names if self._offers >= 0 else ()),
        )

    def anywhere(self, written: object) -> Place:
        """Return the one place of a name, of whatever kind.

        Raises
        ------
        CellError
            SHEET_PLACE_UNKNOWN, SHEET_NAME_AMBIGUOUS.
        """
        found = self._by_name.get(plain(written), [])
        if len(found) > 1:
            raise CellError(ErrorCode.SHEET_NAME_AMBIGUOUS, candidates=", ".join(place.id for place in found))
        if not found:
            names = {name for place in self.places for name in _shown_names(place)}
            raise CellError(ErrorCode.SHEET_PLACE_UNKNOWN, candidates=similar(str(written), names))
        return found[0]

    def _with_ending(self, name: str) -> list[Place]:
        """A name may say its kind itself: 萨依巴格村, 萨依巴格社区. Then it holds in every column."""
        for kind, endings in (("village", VILLAGE_ENDINGS), ("community", COMMUNITY_ENDINGS)):
            for ending in endings:
                found = (
                    self._by_name.get(name.removesuffix(plain(ending)), ())
                    if name.endswith(plain(ending))
                    else ()
                )
                if of_kind := [place for place in found if place.kind == kind]:
                    return of_kind
        return []

    def targets(self, written: object | None) -> list[Place]:
        """Return the places that goods may go to: those named, or all communities (else all sites).

        Raises
        ------
        CellError
            As ``one`` does for each name; SHEET_NO_TARGETS when there are none or more than 50.
        """
        if written is None or plain(written) in EVERYWHERE:
            kinds = [[place for place in self.places if place.kind == kind] for kind in ("community", "site")]
            chosen = next((group for group in kinds if group), [])
        else:
            # A name that itself holds a separator is one name.
            parts = (
                [str(written)] if plain(written) in self._by_name else _TARGET_SEPARATORS.split(str(written))
            )
            named = [self.one(part, Column.TARGETS) for part in parts if part.strip()]
            chosen = list({place.id: place for place in named}.values())
        if not 1 <= len(chosen) <= MAX_TARGETS:
            raise CellError(ErrorCode.SHEET_NO_TARGETS, number=len(chosen), limit=MAX_TARGETS)
        return chosen


class Products:
    """Products by their names in every language, by their ids, and by what else people call them."""

    def __init__(self, products: Iterable[Product]) -> None:
        self.products = list(products)
        self.open = not self.products
        self._offers = MAX_OFFERS
        self._by_name: dict[str, list[Product]] = defaultdict(list)
        for product in self.products:
            self._enter(product)

    def _enter(self, product: Product) -> None:
        for name in {plain(name) for name in (product.id, product.name, *product.names.values())}:
            self._by_name[name].append(product)

    def one(self, written: object) -> Product:
        """Return the product that a cell names.

        Where no products are known, a new one of that name, without crate size and price.

        Raises
        ------
        CellError
            SHEET_PRODUCT_UNKNOWN, SHEET_NAME_AMBIGUOUS.
        """
        name = plain(written)
        found = self._by_name.get(name, [])
        if not found:
            # Products called alike by others: 西红柿 is 番茄. Each counts once, however many names agree.
            alike = {
                product.id: product
                for synonym in product_synonyms().get(name, ())
                for product in self._by_name.get(synonym, ())
            }
            found = list(alike.values())
        if len(found) > 1:
            raise CellError(ErrorCode.SHEET_NAME_AMBIGUOUS, candidates=", ".join(item.id for item in found))
        if found:
            return found[0]
        if self.open and name:
            product = Product(id=f"p{len(self.products) + 1:03d}", name=" ".join(str(written).split())[:200])
            self.products.append(product)
            self._enter(product)
            return product
        self._offers -= 1
        names = {name for product in self.products for name in (product.name, *product.names.values())}
        raise CellError(
            ErrorCode.SHEET_PRODUCT_UNKNOWN,
            candidates=similar(str(written), names if self._offers >= 0 else ()),
        )


def _shown_names(place: Place) -> tuple[str, ...]:
    return (place.name, *place.names.values())
