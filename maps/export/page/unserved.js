// Requests that are not served: musts first, why, and the smallest change that would admit them.

import { plan } from "./data.js";
import { el, inline, svg } from "./dom.js";
import { warningSign } from "./shapes.js";
import { kilograms, placeName, say, worded, yuan } from "./words.js";

export function unservedList(show) {
  if (plan.unserved.length === 0) return el("p", { class: "nothing" }, say("all_served"));
  const items = [...plan.unserved].sort((a, b) => b.must - a.must || b.penalty_yuan - a.penalty_yuan);
  return el("ul", { class: "unserved" }, ...items.map((item) => row(item, show)));
}

function row(item, show) {
  return el("li", { "data-request": item.request, class: item.must ? "must" : null },
    el("h3", {},
      svg("svg", { width: 22, height: 20, viewBox: "-11 -10 22 20", "aria-hidden": "true" }, warningSign(1)),
      el("button", { type: "button", class: "plain", onclick: () => show(item.place) },
        ...inline([item.request, item.product, kilograms(item.kg), placeName(item.place)]))),
    item.must ? el("strong", { class: "tag" }, say("must")) : null,
    el("p", { class: "reason" }, worded(item.reason)),
    el("p", { class: "small" }, say("penalty", { yuan: yuan(item.penalty_yuan) })),
    worded(item.change) === "" ? null
      : el("p", { class: "change" }, el("b", {}, `${say("what_would_help")}: `), worded(item.change)),
    el("details", {}, el("summary", {}, say("by_tricycle")),
      el("ul", {}, ...worded(item.tricycles).map(({ words, numbers }) =>
        el("li", {}, el("span", { class: "numbers", dir: "ltr" }, numbers.join(" ")), ` ${words}`)))));
}
