// A visit in words: when, what is loaded and unloaded, what is on board and left in the battery afterwards.

import { el, inline } from "./dom.js";
import { crates, kilograms, minutes, say } from "./words.js";

export function times(entry) {
  return el("span", { class: "times", dir: "ltr" }, `${entry.arrival}–${entry.departure}`);
}

export function visitBody(visit) {
  return el("div", { class: "visit" },
    el("p", {}, el("strong", { dir: "ltr" }, `${visit.number} ×${visit.lots.length}`), " ",
      ...inline([times(visit), ...extras(visit)])),
    ...[true, false].map((loads) => lotList(visit.lots.filter((lot) => lot.loads === loads), loads)),
    el("p", { class: "after" }, ...inline(afterwards(visit))));
}

function afterwards(entry) {
  const load = say("on_board", { kg: Number(entry.load_kg.toFixed(1)), crates: crates(entry.load_crates) });
  return entry.charge === null ? [load] : [load, say("charge_is", { percent: Math.round(entry.charge * 100) })];
}

function extras(visit) {
  const parts = [];
  if (visit.waiting_s >= 60) parts.push(say("waits", { minutes: minutes(visit.waiting_s) }));
  if (visit.stay_s > 0) parts.push(say("stays", { minutes: minutes(visit.stay_s) }));
  return parts;
}

function lotList(lots, loads) {
  if (lots.length === 0) return null;
  const total = lots.reduce((sum, lot) => sum + lot.kg, 0);
  return el("div", { class: loads ? "loads" : "unloads" },
    el("p", {}, say(loads ? "loads" : "unloads", { count: lots.length, kg: Number(total.toFixed(1)) })),
    el("ul", {}, ...lots.map((lot) => el("li", {}, ...inline(details(lot))))));
}

function details(lot) {
  const parts = [lot.request, lot.product, kilograms(lot.kg)];
  if (lot.crates > 0) parts.push(crates(lot.crates));
  if (lot.stall !== null) parts.push(say("stall", { stall: lot.stall }));
  if (lot.on_board_s !== null) parts.push(say("on_board_time", { minutes: minutes(lot.on_board_s) }));
  return parts;
}
