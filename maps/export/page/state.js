// What is shown: language, tab, tricycles switched on, the one chosen, the one pointed at.
// Every change is told to all who follow, with the names of what changed.

import { plan, texts } from "./data.js";

const TABS = ["tricycles", "unserved", "about"];
const followers = [];

export const state = {
  language: plan.language,
  tab: plan.unserved.length > 0 ? "unserved" : "tricycles",
  shown: new Set(plan.routes.map((route) => route.index)),
  chosen: null,
  pointed: null,
  searched: "",
};

export function follow(follower) {
  followers.push(follower);
}

export function change(values) {
  const changed = Object.keys(values).filter((name) => values[name] !== state[name]);
  if (changed.length === 0) return;
  Object.assign(state, values);
  if (changed.some((name) => name !== "pointed" && name !== "searched")) writeAddress();
  for (const follower of followers) follower(new Set(changed));
}

export function choose(index) {
  if (index === null) return change({ chosen: null, pointed: null });
  return change({ chosen: index, pointed: null, tab: "tricycles", shown: new Set([...state.shown, index]) });
}

export function emphasised() {
  return state.pointed ?? state.chosen;
}

// The part of the address after # says what is shown, so that a link can: #tricycle=7&lang=ug&tab=about&off=3,4
export function readAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const values = {};
  if (asked.get("lang") in texts) values.language = asked.get("lang");
  if (TABS.includes(asked.get("tab"))) values.tab = asked.get("tab");
  const off = new Set((asked.get("off") ?? "").split(",").filter(Boolean).map(Number));
  values.shown = new Set(plan.routes.filter((route) => !off.has(route.number)).map((route) => route.index));
  const chosen = plan.routes.find((route) => route.number === Number(asked.get("tricycle")));
  values.chosen = chosen?.index ?? null;
  if (chosen) {
    values.tab = "tricycles";
    values.shown.add(chosen.index);
  }
  change(values);
}

function writeAddress() {
  const told = new URLSearchParams();
  if (state.chosen !== null) told.set("tricycle", plan.routes[state.chosen].number);
  if (state.language !== plan.language) told.set("lang", state.language);
  if (state.chosen === null) told.set("tab", state.tab);
  const off = plan.routes.filter((route) => !state.shown.has(route.index)).map((route) => route.number);
  if (off.length > 0) told.set("off", off.join(","));
  history.replaceState(null, "", `#${told.toString().replaceAll("%2C", ",")}`);
}
