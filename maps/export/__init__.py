"""Maps of a plan: GeoJSON, GPX, KML, GeoPackage and one self-contained HTML page.

The only room of maps that knows fleet: its model and its texts. A plan needs no day to be drawn. No
household's name, id or phone and no driver's name leaves through a map.
"""

from maps.export.write import FORMATS, write_maps

__all__ = ["FORMATS", "write_maps"]
