// The list of tricycles: switched on and off, searched, pointed at, chosen.

import { plan } from "./data.js";
import { el, inline } from "./dom.js";
import { badge, sample } from "./patterns.js";
import { change, choose, state } from "./state.js";
import { kilograms, kilometres, percent, say } from "./words.js";

export function tricycleList() {
  const rows = plan.routes.map((route) => row(route));
  const nothing = el("p", { class: "nothing", hidden: true }, say("no_match"));
  const narrow = () => {
    const wanted = state.searched.trim().toLowerCase();
    let count = 0;
    for (const [index, item] of rows.entries()) {
      item.hidden = wanted !== "" && !matches(plan.routes[index], wanted);
      count += item.hidden ? 0 : 1;
    }
    nothing.hidden = count > 0;
  };
  const search = el("input", {
    type: "search", id: "search", placeholder: say("search"), "aria-label": say("search"), value: state.searched,
    oninput: (event) => { change({ searched: event.target.value }); narrow(); },
  });
  const found = () => rows.filter((item) => !item.hidden).map((item) => Number(item.dataset.index));
  narrow();
  return el("div", { class: "tricycles" },
    el("div", { class: "bar" }, search,
      el("button", { type: "button", id: "all", onclick: () => change({ shown: new Set([...state.shown, ...found()]) }) },
        say("all")),
      el("button", { type: "button", id: "none", onclick: () => change({ shown: without(state.shown, found()) }) },
        say("none"))),
    el("ul", { class: "rows", onpointerleave: () => change({ pointed: null }) }, ...rows), nothing);
}

function without(shown, indices) {
  const left = new Set(shown);
  for (const index of indices) left.delete(index);
  return left;
}

function row(route) {
  const { figures } = route;
  return el("li", {
    class: "row", "data-index": route.index, "data-number": route.number,
    onpointerenter: (event) => event.pointerType === "mouse" && change({ pointed: route.index }),
  },
  el("input", {
    type: "checkbox", checked: state.shown.has(route.index), "aria-label": say("show_on_map", { number: route.badge }),
    onchange: (event) => {
      const shown = new Set(state.shown);
      if (event.target.checked) shown.add(route.index);
      else shown.delete(route.index);
      change({ shown, pointed: null });
    },
  }),
  el("button", { type: "button", class: "plain", onclick: () => choose(route.index) },
    badge(route), sample(route),
    el("span", { class: "times", dir: "ltr" }, `${route.departure}–${route.return}`),
    el("span", { class: "small" }, ...inline([
      say("requests_count", { count: figures.served_requests }), kilograms(figures.served_kg),
      say("km", { km: kilometres(figures.distance_m) }), percent(figures.lowest_charge),
    ]))));
}

function matches(route, wanted) {
  if (/^\d+$/.test(wanted) && Number(wanted) === route.number) return true;
  const names = route.entries.flatMap((entry) => Object.values(plan.places[entry.place].names));
  const requests = route.visits.flatMap((visit) => visit.lots.map((lot) => lot.request));
  return [route.badge, route.name, ...names, ...requests].some((text) => text.toLowerCase().includes(wanted));
}

// Only the boxes follow the state: the list stays, and with it the focus.
export function followShown(list) {
  for (const box of list.querySelectorAll("input[type=checkbox]")) {
    box.checked = state.shown.has(Number(box.closest("li").dataset.index));
  }
}
