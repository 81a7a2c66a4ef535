// What stands on paper beside the map: a table of routes, and what is not served.

import { plan } from "./data.js";
import { el, inline } from "./dom.js";
import { sample } from "./patterns.js";
import { follow, state } from "./state.js";
import { kilograms, kilometres, percent, placeName, say, worded } from "./words.js";

export class Sheet {
  constructor() {
    follow((changed) => (changed.has("language") || changed.has("shown")) && this.draw());
    this.draw();
  }

  draw() {
    const routes = plan.routes.filter((route) => state.shown.has(route.index));
    document.getElementById("sheet").replaceChildren(
      el("h2", {}, say("routes")),
      table(["", "", say("leaves"), say("returns"), say("visits"), say("distance_km"), say("lowest_charge")],
        routes.map((route) => [
          el("b", {}, route.badge), sample(route, { width: 40 }), route.departure, route.return, visits(route),
          kilometres(route.figures.distance_m), percent(route.figures.lowest_charge),
        ])),
      el("h2", {}, say("unserved")),
      plan.unserved.length === 0 ? el("p", {}, say("all_served")) : table(
        ["", say("place"), say("why_not"), say("what_would_help")],
        plan.unserved.map((item) => [
          el("span", {}, ...inline([item.request, item.must ? say("must") : "", item.product, kilograms(item.kg)])),
          placeName(item.place), worded(item.reason), worded(item.change),
        ])),
      ...plan.warnings.length > 0 ? [el("h2", {}, say("warnings")), ...plan.warnings.map((w) => el("p", {}, worded(w)))] : [],
      el("p", {}, worded(plan.notes).join(" · ")));
  }
}

function visits(route) {
  return el("span", {}, ...route.entries.map((entry, i) => el("span", {}, i > 0 ? "; " : "",
    el("bdi", {}, entry.kind === "visit" ? `${entry.number} ${placeName(entry.place)}` : say(entry.kind)),
    " ", el("span", { dir: "ltr" }, entry.arrival),
    " ", el("bdi", {}, entry.kind === "visit" ? change(entry) : ""))));
}

function change({ loaded_kg, unloaded_kg }) {
  const parts = [];
  if (loaded_kg > 0) parts.push(kilograms(loaded_kg, "+"));
  if (unloaded_kg > 0) parts.push(kilograms(unloaded_kg, "−"));
  return parts.join(" ");
}

function table(heads, rows) {
  return el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map((words) => el("th", { scope: "col" }, words)))),
    el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, cell))))));
}
