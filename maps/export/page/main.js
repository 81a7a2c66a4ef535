// The page's beginning: the map, what lies on it, what stands beside it, and how paper differs from a screen.

import { canUnpack, plan, roads } from "./data.js";
import { Legend } from "./legend.js";
import { Overlay } from "./overlay.js";
import { Panel } from "./panel.js";
import { placePopup } from "./popup.js";
import { Roads } from "./roads.js";
import { Sheet } from "./sheet.js";
import { follow, readAddress, state } from "./state.js";
import { isRightToLeft, say } from "./words.js";

const PLACE_ZOOM = 14;

// The panel first: it gives the head its height, and the map the rest of the window.
readAddress();
new Panel({ show: (place) => show(place), look: (route) => look(route), whole: () => whole() });
new Sheet();
const legend = new Legend();
const map = L.map("map", {
  attributionControl: false, zoomControl: false, zoomAnimation: false, fadeAnimation: false,
  markerZoomAnimation: false, zoomSnap: 0.25, zoomDelta: 0.75, wheelPxPerZoomLevel: 90, minZoom: 3, maxZoom: 19,
});
const bounds = L.latLngBounds([
  ...plan.places.filter((_, i) => isUsed(i)).map((place) => place.at), ...plan.routes.flatMap((route) => route.points),
]);
const zoom = L.control.zoom({ position: "topright" }).addTo(map);
L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);

speak();
whole();
const overlay = new Overlay(map);
overlay.draw();
new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
roads().then((geojson) => {
  if (geojson !== null) {
    const drawn = new Roads(geojson);
    overlay.addRoads(drawn);
    legend.roads(drawn);
  } else if (!canUnpack()) {
    legend.withoutRoads();
  }
  document.body.dataset.ready = "yes";
});

document.addEventListener("keydown", (event) => event.key === "Escape" && map.closePopup());
window.addEventListener("hashchange", readAddress);
follow((changed) => changed.has("language") && speak());

function isUsed(index) {
  return plan.unserved.some((item) => item.place === index)
    || plan.routes.some((route) => route.entries.some((entry) => entry.place === index));
}

function whole() {
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [36, 36], animate: false });
  else map.setView([0, 0], 3);
}

function show(place) {
  map.setView(plan.places[place].at, Math.max(map.getZoom(), PLACE_ZOOM), { animate: false });
  placePopup(map, place);
}

function look(route) {
  map.fitBounds(L.latLngBounds(plan.routes[route].points), { padding: [48, 48], animate: false });
}

function speak() {
  document.documentElement.lang = state.language;
  document.documentElement.dir = isRightToLeft() ? "rtl" : "ltr";
  map.closePopup();
  for (const key of ["zoom_in", "zoom_out"]) {
    const button = zoom.getContainer().querySelector(`.leaflet-control-${key.replace("_", "-")}`);
    button.setAttribute("aria-label", say(key));
    button.title = say(key);
  }
}

// Paper has another size than the window: the map is laid out for it, and for the window again afterwards.
let before = null;
window.addEventListener("beforeprint", () => {
  before = { centre: map.getCenter(), zoom: map.getZoom() };
  map.closePopup();
  document.body.classList.add("printing");
  map.invalidateSize({ animate: false });
  whole();
});
window.addEventListener("afterprint", () => {
  document.body.classList.remove("printing");
  map.invalidateSize({ animate: false });
  map.setView(before.centre, before.zoom, { animate: false });
});
