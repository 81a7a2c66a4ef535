// Where it all comes from: warnings, whose lines, what is real and what is invented, how it was planned.

import { plan } from "./data.js";
import { el } from "./dom.js";
import { say, worded } from "./words.js";

export function about() {
  const { used_s, seed, versions } = plan.solver;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return el("div", { class: "about" },
    ...section("warnings", plan.warnings.map(worded), "warnings"),
    ...section("lines_from", worded(plan.notes)),
    ...section("invented", plan.invented),
    ...section("real", plan.real),
    ...section("how_planned", [say("planned_in", { seconds: used_s.toFixed(1), seed }), programs.join(", ")]),
    el("p", { class: "small" }, say("privacy")),
    el("p", { class: "small" }, say("keys")),
    el("p", { class: "small" }, say("review")));
}

function section(key, lines, kind = null) {
  if (lines.length === 0) return [];
  return [el("h3", {}, say(key)), el("ul", { class: kind }, ...lines.map((line) => el("li", {}, line)))];
}
