// What lies on the map: roads, routes, places, numbers; sheets that Leaflet moves, drawn anew at each zoom.

import { plan } from "./data.js";
import { el, svg } from "./dom.js";
import { frame } from "./projection.js";
import { Sharing, arrowsAlong, pathOf } from "./lines.js";
import { strokeWidth, strokes } from "./patterns.js";
import { placePopup } from "./popup.js";
import { change, choose, emphasised, follow, state } from "./state.js";
import { Symbols } from "./symbols.js";
import { say } from "./words.js";

const THIN_PX = 3;
const THICK_PX = 6;
const CASING_PX = 2.5;
const ARROW_EVERY_PX = 90;

export class Overlay {
  constructor(map) {
    this.map = map;
    this.sharing = new Sharing(plan.routes);
    this.roads = null;
    this.symbols = new Symbols(map);
    this.emphasis = svg("g", { class: "emphasis" });
    // Three sheets, so that pointing at a route paints the uppermost anew and leaves the others as they are.
    this.below = svg("svg", { class: "below" });
    this.routes = svg("svg", { class: "routes" });
    this.sheets = el("div", { class: "overlay", role: "group" }, this.below, this.routes,
      svg("svg", { class: "above" }, this.emphasis, this.symbols.group));
    map.getPane("overlayPane").append(this.sheets);
    this.groups = plan.routes.map((route) => this.#group(route));
    map.on("zoom", () => this.#scale());
    map.on("viewreset resize", () => this.draw());
    map.on("moveend", () => this.roads?.isLeft(map) && this.roads.draw(map, frame(map)));
    map.on("click", ({ originalEvent }) => this.#click(originalEvent.target));
    map.getContainer().addEventListener("pointerover", (event) => this.#point(event));
    map.getContainer().addEventListener("pointerleave", () => change({ pointed: null }));
    follow((changed) => this.#update(changed));
  }

  addRoads(roads) {
    this.roads = roads;
    this.below.replaceChildren(roads.group);
    roads.draw(this.map, frame(this.map));
  }

  draw() {
    this.frame = frame(this.map);
    this.corner = this.map.layerPointToLatLng([0, 0]);
    this.zoom = this.map.getZoom();
    L.DomUtil.setTransform(this.sheets, L.point(0, 0), 1);
    this.roads?.draw(this.map, this.frame);
    this.#drawRoutes();
    this.#drawEmphasis();
    this.symbols.lay(this.frame);
    this.symbols.draw();
  }

  // While two fingers zoom, the drawing is only stretched.
  #scale() {
    if (this.zoom === undefined || this.map.getZoom() === this.zoom) return;
    const corner = this.map.latLngToLayerPoint(this.corner);
    L.DomUtil.setTransform(this.sheets, corner, this.map.getZoomScale(this.map.getZoom(), this.zoom));
  }

  #update(changed) {
    if (changed.has("shown")) this.#drawRoutes();
    if (["shown", "chosen", "pointed"].some((name) => changed.has(name))) this.#drawEmphasis();
    if (["shown", "chosen", "pointed", "language"].some((name) => changed.has(name))) {
      this.symbols.draw();
    }
    if (changed.has("language")) this.#name();
  }

  #group(route) {
    return this.routes.appendChild(svg("g", { class: "route", "data-route": route.index }));
  }

  // One ear for all signs: they are drawn anew while the pointer rests on them.
  #click(target) {
    const sign = target.closest("[data-route], [data-place]");
    if (sign === null) return choose(null);
    const { route, place } = sign.dataset;
    if (place === undefined) return choose(Number(route));
    if (sign.classList.contains("warning")) change({ chosen: null, tab: "unserved" });
    placePopup(this.map, Number(place), route === undefined ? null : Number(route));
  }

  #point(event) {
    if (event.pointerType !== "mouse") return;
    const sign = event.target.closest("[data-route]");
    change({ pointed: sign === null ? null : Number(sign.dataset.route) });
  }

  #name() {
    this.sheets.setAttribute("aria-label", say("map_of_the_day"));
  }

  #drawRoutes() {
    this.sharing.arrange(state.shown);
    for (const [index, group] of this.groups.entries()) {
      const isShown = state.shown.has(index);
      group.classList.toggle("off", !isShown);
      if (!isShown) {
        group.replaceChildren();
        continue;
      }
      const d = pathOf(this.sharing.beside(index, this.frame));
      group.replaceChildren(svg("g", { class: `lines ${plan.routes[index].pattern}` }, ...strokes(plan.routes[index], d, { width: THIN_PX })),
        svg("path", { d, class: "hit" }));
    }
    this.#name();
  }

  #drawEmphasis() {
    const index = emphasised();
    this.sheets.classList.toggle("dimmed", index !== null);
    if (index === null) return this.emphasis.replaceChildren();
    const route = plan.routes[index];
    const right = strokeWidth(route, THICK_PX) / 2 + 1.5;
    const points = this.sharing.alone(index, this.frame, right);
    const arrows = arrowsAlong(points, ARROW_EVERY_PX).map(([x, y, angle]) =>
      svg("path", {
        class: "arrow", d: "M-5 -6L6 0L-5 6Z", fill: route.colour,
        transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${angle.toFixed(1)})`,
      }));
    this.emphasis.replaceChildren(
      ...strokes(route, pathOf(points), { width: THICK_PX, casing: CASING_PX }), ...arrows);
  }
}

