// Signs of places: each kind has a shape of its own, so that none is told by its colour.

import { svg } from "./dom.js";

export const KINDS = ["centre", "village", "community", "site", "station", "charger", "position"];

const OUTLINES = {
  village: (r) => svg("circle", { r }),
  community: (r) => svg("rect", { x: -r, y: -r, width: 2 * r, height: 2 * r, rx: 2 }),
  centre: (r) => svg("path", { d: `M0 ${-1.35 * r}L${1.3 * r} ${-0.2 * r}V${1.1 * r}H${-1.3 * r}V${-0.2 * r}Z` }),
  site: (r) => svg("path", { d: `M0 ${-1.25 * r}L${1.25 * r} 0L0 ${1.25 * r}L${-1.25 * r} 0Z` }),
  station: (r) => svg("path", { d: `M${-r * 0.6} ${-r}H${r * 0.6}L${r * 1.2} 0L${r * 0.6} ${r}H${-r * 0.6}L${-r * 1.2} 0Z` }),
  charger: (r) => svg("path", { d: `M${r * 0.3} ${-1.3 * r}L${-r} ${r * 0.25}H${-r * 0.1}L${-r * 0.3} ${1.3 * r}L${r} ${-r * 0.25}H${r * 0.1}Z` }),
  position: (r) => svg("path", { d: `M${-r} ${-r}L${r} ${r}M${r} ${-r}L${-r} ${r}` }),
};

export function shape(kind, radius) {
  const outline = OUTLINES[kind](radius);
  outline.setAttribute("class", "outline");
  return outline;
}

export function kindSample(kind) {
  return svg("svg", { class: `place sample ${kind}`, width: 18, height: 18, viewBox: "-9 -9 18 18", "aria-hidden": "true" },
    shape(kind, 6));
}

export function warningSign(count) {
  const sign = svg("g", { class: "warning" }, svg("path", { d: "M0 -9L9.5 7.5H-9.5Z" }),
    svg("text", { y: 5.5, "text-anchor": "middle" }, "!"));
  if (count > 1) sign.append(svg("text", { x: 11, y: 6, class: "times" }, `×${count}`));
  return sign;
}
