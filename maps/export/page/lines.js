// Lines on the screen: routes that share a road lie beside each other, each at its own distance.

import { toLayer, toWorld } from "./projection.js";

const SPACING_PX = 3.5;
const MOST_SPREAD_PX = 24;
const LEAST_STEP_PX = 2;

// Which routes use which piece of road, in either direction.
export class Sharing {
  constructor(routes) {
    const nodes = new Map(), edges = new Map();
    this.world = routes.map((route) => route.points.map(toWorld));
    this.edges = routes.map((route) => {
      const ids = route.points.map((point) => idOf(nodes, point.join()));
      return ids.slice(1).map((to, i) => {
        const from = ids[i];
        return { id: idOf(edges, from < to ? `${from},${to}` : `${to},${from}`), sign: from < to ? 1 : -1 };
      });
    });
    this.count = edges.size;
  }

  // Give every route that is shown its rank on each piece of road, in the order of the routes.
  arrange(shown) {
    this.users = new Uint16Array(this.count);
    this.ranks = this.edges.map((edges, index) => {
      const ranks = new Map();
      if (shown.has(index)) for (const { id } of edges) if (!ranks.has(id)) ranks.set(id, this.users[id]++);
      return ranks;
    });
  }

  // Distances of a route's pieces from the middle of the road, positive to the right, in px.
  #distances(index) {
    return this.edges[index].map(({ id, sign }) => {
      const users = this.users[id];
      if (users < 2) return 0;
      const spacing = Math.min(SPACING_PX, MOST_SPREAD_PX / (users - 1));
      return sign * spacing * (this.ranks[index].get(id) - (users - 1) / 2);
    });
  }

  // The polyline of a route among the others, as they were arranged.
  beside(index, frame) {
    const points = this.world[index].map((point) => toLayer(point, frame));
    const distances = this.#distances(index);
    const line = [];
    for (let start = 0; start < distances.length; ) {
      let end = start + 1;
      while (end < distances.length && Math.abs(distances[end] - distances[start]) < 0.1) end += 1;
      line.push(...shifted(thinned(points.slice(start, end + 1)), distances[start]));
      start = end;
    }
    return line;
  }

  // The polyline of a route by itself, on the right-hand side, so that there and back are two lines.
  alone(index, frame, right) {
    return shifted(thinned(this.world[index].map((point) => toLayer(point, frame))), right);
  }
}

function idOf(ids, key) {
  if (!ids.has(key)) ids.set(key, ids.size);
  return ids.get(key);
}

function thinned(points) {
  const kept = [points[0]];
  for (const point of points.slice(1, -1)) {
    if (distance(point, kept.at(-1)) >= LEAST_STEP_PX) kept.push(point);
  }
  kept.push(points.at(-1));
  return kept;
}

function distance([ax, ay], [bx, by]) {
  return Math.hypot(ax - bx, ay - by);
}

function shifted(points, by) {
  if (by === 0 || points.length < 2) return points;
  const normals = points.slice(1).map((point, i) => normal(points[i], point));
  const line = [];
  for (const [i, point] of points.entries()) {
    const before = normals[i - 1] ?? normals[i];
    const after = normals[i] ?? before;
    const turn = before[0] * after[0] + before[1] * after[1];
    if (turn < -0.2) {
      // A sharp turn: the corner's tip would lie far away.
      line.push(moved(point, before, by), moved(point, after, by));
    } else {
      const middle = [(before[0] + after[0]) / (1 + turn), (before[1] + after[1]) / (1 + turn)];
      line.push(moved(point, middle, by));
    }
  }
  return line;
}

// To the right of the way from a to b; y grows downwards.
function normal(a, b) {
  const length = distance(a, b) || 1;
  return [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
}

function moved([x, y], [dx, dy], by) {
  return [x + dx * by, y + dy * by];
}

export function pathOf(points) {
  return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

// Where arrows stand on a line and which way they point: [x, y, degrees], one every so many px.
export function arrowsAlong(points, every) {
  const arrows = [];
  let walked = every / 2;
  for (let i = 1; i < points.length; i += 1) {
    const [a, b] = [points[i - 1], points[i]];
    const length = distance(a, b);
    const angle = Math.atan2(b[1] - a[1], b[0] - a[0]) * 180 / Math.PI;
    while (walked <= length) {
      const part = walked / length;
      arrows.push([a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, angle]);
      walked += every;
    }
    walked -= length;
  }
  return arrows;
}
