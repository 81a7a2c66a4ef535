// How a route's line looks: solid, long dashes, or double; on the map and as a sample beside its number.

import { el, svg } from "./dom.js";

const DASHES = "13 8";

// How wide a line is in all: two lines need more room than one.
export function strokeWidth(route, width) {
  return route.pattern === "double" ? width * 1.7 : width;
}

// The strokes of a line, the lowest first.
export function strokes(route, d, { width, casing = 0 }) {
  const wide = strokeWidth(route, width);
  const parts = casing > 0 ? [{ class: "casing", "stroke-width": wide + 2 * casing }] : [];
  parts.push({
    class: "ink",
    stroke: route.colour,
    "stroke-width": wide,
    "stroke-dasharray": route.pattern === "dash" ? DASHES : null,
  });
  if (route.pattern === "double") parts.push({ class: "gap", "stroke-width": wide * 0.38 });
  return parts.map((part) => svg("path", { d, ...part }));
}

export function sample(route, { width = 30, height = 12 } = {}) {
  const box = svg("svg", {
    class: "sample", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true",
  });
  box.append(...strokes(route, `M0 ${height / 2}H${width}`, { width: 3.6 }));
  return box;
}

export function badge(route) {
  const text = svg("text", { x: 13, y: 13, "text-anchor": "middle" }, route.badge);
  return el("span", { class: "badge" },
    svg("svg", { width: 26, height: 18, "aria-hidden": "true" },
      svg("rect", { width: 26, height: 18, rx: 4, fill: route.colour }), text));
}
