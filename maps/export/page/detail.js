// One tricycle: its figures, and every visit, break and recharge in order.

import { plan } from "./data.js";
import { el, inline } from "./dom.js";
import { badge, sample } from "./patterns.js";
import { choose } from "./state.js";
import { times, visitBody } from "./visit.js";
import { kilograms, kilometres, percent, placeName, say, worded, yuan } from "./words.js";

// `look` brings a route to the reader's eyes.
export function tricycleDetail(index, look) {
  const route = plan.routes[index];
  const { figures } = route;
  return el("div", { class: "detail" },
    el("button", { type: "button", id: "back", onclick: () => choose(null) }, say("all_tricycles")),
    " ", el("button", { type: "button", id: "zoom-to", onclick: () => look(index) }, say("zoom_to")),
    el("h2", {}, badge(route), " ", say("tricycle", { number: route.badge }), " ", sample(route, { width: 44 })),
    el("p", { class: "small" }, ...inline([
      route.name, `${kilograms(figures.highest_load_kg)} / ${kilograms(route.payload_kg)}`,
      say("km", { km: kilometres(figures.distance_m) }), `${yuan(figures.cost_yuan)} ${say("total_yuan")}`,
      `${say("lowest_charge")} ${percent(figures.lowest_charge)}`,
    ])),
    el("p", { class: "clock" }, worded(plan.clock)),
    el("ol", { class: "entries" },
      el("li", { class: "edge" }, say("starts_at", { place: placeName(route.start), time: route.departure })),
      ...route.entries.map((entry) => el("li", { class: entry.kind },
        el("h3", {}, placeName(entry.place)),
        entry.kind === "visit" ? visitBody(entry) : pause(entry))),
      el("li", { class: "edge" }, route.end === null
        ? say("ends_open", { time: route.return })
        : say("ends_at", { place: placeName(route.end), time: route.return }))));
}

function pause(entry) {
  return el("div", { class: "visit" },
    el("p", {}, el("strong", {}, say(entry.kind)), " ", times(entry)),
    entry.charge === null ? null : el("p", { class: "after" }, say("charge_is", { percent: Math.round(entry.charge * 100) })));
}
