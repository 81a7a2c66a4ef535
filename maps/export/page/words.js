// Words in the language that is chosen.

import { plan, texts } from "./data.js";
import { state } from "./state.js";

export function say(key, values = {}) {
  return texts[state.language][key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "–");
}

// Of something that is worded once a language.
export function worded(words) {
  return words[state.language];
}

export function placeName(index) {
  return worded(plan.places[index].names);
}

export function isRightToLeft(language = state.language) {
  return language === "ug";
}

export function percent(fraction) {
  return fraction === null ? "–" : `${Math.round(fraction * 100)}\u00a0%`;
}

export function kilometres(metres) {
  return (metres / 1000).toFixed(1);
}

export function minutes(seconds) {
  return Math.round(seconds / 60);
}

// A sign stays before its number where the words around run from right to left.
export function kilograms(kg, sign = "") {
  return say("kg", { kg: `\u2066${sign}${Number(kg.toFixed(1))}\u2069` });
}

export function crates(count) {
  return count === 1 ? say("crate") : say("crates", { crates: count });
}

export function yuan(amount) {
  return Math.round(amount);
}
