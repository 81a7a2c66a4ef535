// What is known of a place: who comes when, what is loaded and unloaded, what is not served.

import { plan } from "./data.js";
import { el, inline } from "./dom.js";
import { badge } from "./patterns.js";
import { choose } from "./state.js";
import { visitBody } from "./visit.js";
import { isRightToLeft, kilograms, placeName, say, worded } from "./words.js";

const WIDTH_PX = 300;

export function placePopup(map, index, ofRoute = null) {
  const place = plan.places[index];
  const visits = plan.routes
    .filter((route) => ofRoute === null || route.index === ofRoute)
    .flatMap((route) => route.visits.filter((visit) => visit.place === index).map((visit) => [route, visit]))
    .sort(([, a], [, b]) => (a.arrival < b.arrival ? -1 : 1));
  const content = el("div", { class: "popup", dir: isRightToLeft() ? "rtl" : "ltr" },
    el("h2", {}, placeName(index), " ", el("small", {}, say(`kind_${place.kind}`))),
    el("p", { class: "clock" }, worded(plan.clock)),
    ...visits.map(([route, visit]) => el("article", {},
      el("button", {
        class: "plain", type: "button", onclick: () => choose(route.index),
        "aria-label": say("show_on_map", { number: route.badge }),
      }, badge(route)),
      visitBody(visit))),
    ...plan.unserved.filter((item) => item.place === index).map((item) => el("article", { class: "left-out" },
      el("strong", {}, ...inline([item.request, item.product, kilograms(item.kg)])), el("p", {}, worded(item.reason)))),
    visits.length === 0 ? el("p", {}, say("not_visited")) : null);
  const room = map.getSize();
  L.popup({ maxWidth: Math.min(WIDTH_PX, room.x - 60), maxHeight: room.y * 0.6 })
    .setLatLng(place.at).setContent(content).openOn(map);
}
