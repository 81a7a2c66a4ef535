// Signs on the map: a sign a place with the count of its visits, what is not served there, one number a
// tricycle at its farthest place, numbers of visits of the emphasised one, and as many names as find room.

import { plan } from "./data.js";
import { svg } from "./dom.js";
import { placePopup } from "./popup.js";
import { toLayer, toWorld } from "./projection.js";
import { shape, warningSign } from "./shapes.js";
import { Space, ringsAround, widthOf } from "./space.js";
import { emphasised, state } from "./state.js";
import { placeName, say } from "./words.js";

const RADIUS_PX = { centre: 10, charger: 8 };
const USUAL_RADIUS_PX = 9;
const IDLE_RADIUS_PX = 5;
const BADGE = [26, 18];
const DENSE_PX = 22;
const NAME_PX = 12;
const FARTHEST_BADGE_PX = 90;
const EAGER_ZOOM = 15;

export class Symbols {
  constructor(map) {
    this.map = map;
    this.group = svg("g", { class: "symbols" });
    this.world = plan.places.map((place) => toWorld(place.at));
    this.visits = plan.places.map(() => 0);
    this.left = plan.places.map(() => []);
    for (const route of plan.routes) for (const visit of route.visits) this.visits[visit.place] += 1;
    for (const item of plan.unserved) this.left[item.place].push(item);
    this.farthest = plan.routes.map((route) => farthestPlace(route));
  }

  // Where places lie at a zoom.
  lay(frame) {
    this.points = this.world.map((point) => toLayer(point, frame));
    this.isDense = this.#isDense();
  }

  draw() {
    this.space = new Space(this.#window());
    const index = emphasised();
    const stops = index === null ? new Map() : visitsByPlace(plan.routes[index]);
    // A route's own end places are shown with it even where it makes no stop.
    const own = index === null ? null : new Set([...stops.keys(), plan.routes[index].start]);
    const places = plan.places.map((_, i) => this.#place(i, own));
    const signs = plan.places.map((_, i) => this.#warning(i)).filter(Boolean);
    const badges = this.#badges(index);
    const numbers = [...stops].flatMap(([place, visits]) => this.#stops(index, place, visits));
    const names = this.#names(own);
    const tied = [...badges, ...numbers];
    this.group.replaceChildren(...tied.map(({ leader }) => leader), ...names, ...places, ...signs,
      ...tied.map(({ label }) => label));
  }

  #window() {
    const { x, y } = this.map.containerPointToLayerPoint([0, 0]);
    const size = this.map.getSize();
    return [x, y, x + size.x, y + size.y];
  }

  // Where places lie so near to each other that their counts would cover them.
  #isDense() {
    const busy = this.points.filter((_, i) => this.visits[i] > 0);
    const nearest = busy.map(([x, y]) => busy.reduce((least, [px, py]) => {
      const away = Math.hypot(px - x, py - y);
      return away > 0 && away < least ? away : least;
    }, Infinity)).sort((a, b) => a - b);
    return nearest.length > 1 && nearest[Math.floor(nearest.length / 3)] < DENSE_PX;
  }

  #radius(index) {
    if (this.isDense) return plan.places[index].kind === "centre" ? USUAL_RADIUS_PX - 1 : IDLE_RADIUS_PX;
    if (this.visits[index] === 0 && plan.places[index].kind !== "centre") return IDLE_RADIUS_PX;
    return RADIUS_PX[plan.places[index].kind] ?? USUAL_RADIUS_PX;
  }

  #place(index, own) {
    const { kind } = plan.places[index];
    const radius = this.#radius(index);
    const [x, y] = this.points[index];
    this.space.take([x - radius - 1, y - radius - 1, x + radius + 1, y + radius + 1]);
    const sign = svg("g", {
      class: `place ${kind}${own && !own.has(index) ? " aside" : ""}`, "data-place": index,
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      tabindex: 0, role: "button", "aria-label": `${placeName(index)}, ${say("visits")} ${this.visits[index]}`,
      onkeydown: (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        placePopup(this.map, index);
      },
    }, shape(kind, radius));
    if (this.visits[index] > 0 && !this.isDense) {
      sign.append(svg("text", { y: 4, "text-anchor": "middle" }, this.visits[index]));
    }
    return sign;
  }

  #warning(index) {
    const count = this.left[index].length;
    if (count === 0) return null;
    const [x, y] = this.points[index];
    const width = count > 1 ? 52 : 22;
    const [atX, atY] = this.space.place(ringsAround([x, y], { from: 19, to: 46, step: 6, count: 16 }), width, 18)
      ?? [x + 17, y - 14];
    const sign = warningSign(count);
    sign.setAttribute("transform", `translate(${atX.toFixed(1)} ${atY.toFixed(1)})`);
    sign.setAttribute("data-place", index);
    return sign;
  }

  // One number a tricycle, tied to its farthest place by a thin line; where it finds no room at this zoom
  // it is left out, and the list still has it.
  #badges(emphasised) {
    const drawn = [], full = new Set();
    for (const route of plan.routes) {
      const place = this.farthest[route.index];
      if (!state.shown.has(route.index) || full.has(place)) continue;
      const anchor = this.points[place];
      const found = this.space.place(
        ringsAround(anchor, { from: 22, to: FARTHEST_BADGE_PX, step: 9, count: 16 }), BADGE[0] + 2, BADGE[1] + 2);
      if (found === null) {
        full.add(place);
        continue;
      }
      const [x, y] = found;
      const aside = emphasised !== null && emphasised !== route.index ? " aside" : "";
      const leader = svg("line", {
        class: `leader${aside}`, stroke: route.colour, x1: anchor[0], y1: anchor[1], x2: x, y2: y,
      });
      drawn.push({ leader, label: this.#badge(route, x, y, aside) });
    }
    return drawn;
  }

  #badge(route, x, y, aside) {
    return svg("g", {
      class: `badge${aside}`, "data-route": route.index,
      transform: `translate(${(x - BADGE[0] / 2).toFixed(1)} ${(y - BADGE[1] / 2).toFixed(1)})`,
    }, svg("rect", { width: BADGE[0], height: BADGE[1], rx: 4, fill: route.colour }),
    svg("text", { x: BADGE[0] / 2, y: 13, "text-anchor": "middle" }, route.badge));
  }

  // Every visit has a number of its own, with how many requests it serves.
  #stops(index, place, visits) {
    const route = plan.routes[index];
    const [fromX, fromY] = this.points[place];
    return visits.map((visit) => {
      const words = `${visit.number} ×${visit.lots.length}`;
      const width = widthOf(words, 12) + 10;
      const [x, y] = this.space.place(
        ringsAround(this.points[place], { from: 20, to: 80, step: 8, count: 16 }), width, 18) ?? this.points[place];
      const leader = svg("line", { class: "leader", stroke: route.colour, x1: fromX, y1: fromY, x2: x, y2: y });
      const label = svg("g", {
        class: "stop", "data-visit": visit.number, "data-place": place, "data-route": index,
        transform: `translate(${(x - width / 2).toFixed(1)} ${(y - 9).toFixed(1)})`,
      }, svg("rect", { width, height: 18, rx: 9, stroke: route.colour }),
      svg("text", { x: width / 2, y: 13, "text-anchor": "middle" }, words));
      return { leader, label };
    });
  }

  #names(own) {
    const isCalm = (i) => this.visits[i] > 0 || this.left[i].length > 0 || this.map.getZoom() >= EAGER_ZOOM;
    const wanted = plan.places.map((_, i) => i).filter((i) => (own ? own.has(i) : isCalm(i)));
    wanted.sort((a, b) => (plan.places[b].kind === "centre") - (plan.places[a].kind === "centre")
      || this.visits[b] - this.visits[a]);
    return wanted.map((i) => this.#name(i)).filter(Boolean);
  }

  #name(index) {
    const words = placeName(index);
    const [x, y] = this.points[index];
    const width = widthOf(words, NAME_PX), away = this.#radius(index) + 4;
    const centres = [
      [x + away + width / 2, y], [x - away - width / 2, y], [x, y + away + 7], [x, y - away - 7],
    ];
    const found = this.space.place(centres, width, NAME_PX + 3);
    if (found === null) return null;
    return svg("text", {
      class: "name", x: found[0].toFixed(1), y: (found[1] + 4).toFixed(1), "text-anchor": "middle",
    }, words);
  }
}

function visitsByPlace(route) {
  const found = new Map();
  for (const visit of route.visits) {
    if (!found.has(visit.place)) found.set(visit.place, []);
    found.get(visit.place).push(visit);
  }
  return found;
}

// As the crow flies from the start, which is near enough to tell where a number belongs.
function farthestPlace(route) {
  const [x, y] = toWorld(plan.places[route.start].at);
  let farthest = route.start, most = -1;
  for (const { place } of route.entries) {
    const [px, py] = toWorld(plan.places[place].at);
    const away = Math.hypot(px - x, py - y);
    if (away > most) [farthest, most] = [place, away];
  }
  return farthest;
}
