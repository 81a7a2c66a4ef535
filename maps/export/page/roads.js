// Roads and canals under the routes: as much as the window and its surroundings show.

import { svg } from "./dom.js";
import { toWorld } from "./projection.js";

const WIDTHS_PX = {
  trunk: 3.2, primary: 2.8, secondary: 2.4, tertiary: 2, unclassified: 1.5, residential: 1.2,
  living_street: 1.2, service: 0.9, road: 1.2, track: 1, path: 0.8,
};
const WATER_PX = 2;
const AROUND = 0.5;
const LEAST_STEP_PX = 0.8;

export class Roads {
  constructor(geojson) {
    this.layers = geojson.features.map(({ properties, geometry }) => ({
      kind: properties.kind,
      width: properties.kind === "water" ? WATER_PX : WIDTHS_PX[properties.road_class] ?? 1,
      dashed: ["track", "path"].includes(properties.road_class),
      lines: geometry.coordinates.map((line) => withBounds(line.map(([x, y]) => toWorld([y, x])))),
    }));
    // Water lies lowest, then small roads, main roads on top.
    this.layers.sort((a, b) => (b.kind === "water") - (a.kind === "water") || a.width - b.width);
    this.hasWater = this.layers.some((layer) => layer.kind === "water");
    this.group = svg("g", { class: "roads", "aria-hidden": "true" });
    this.paths = this.layers.map((layer) =>
      this.group.appendChild(svg("path", { class: `${layer.kind}${layer.dashed ? " dashed" : ""}` })));
  }

  draw(map, frame) {
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint([0, 0]);
    const box = [
      corner.x - size.x * AROUND, corner.y - size.y * AROUND,
      corner.x + size.x * (1 + AROUND), corner.y + size.y * (1 + AROUND),
    ];
    const [left, top, right, bottom] = [
      (box[0] + frame.left) / frame.scale, (box[1] + frame.top) / frame.scale,
      (box[2] + frame.left) / frame.scale, (box[3] + frame.top) / frame.scale,
    ];
    const thickness = Math.min(2.2, Math.max(0.6, 2 ** ((map.getZoom() - 13) / 2.5)));
    for (const [i, { lines, width }] of this.layers.entries()) {
      const seen = lines.filter(({ bounds: [w, n, e, s] }) => w < right && e > left && n < bottom && s > top);
      this.paths[i].setAttribute("d", seen.map(({ points }) => drawn(points, frame)).join(""));
      this.paths[i].setAttribute("stroke-width", (width * thickness).toFixed(2));
    }
    this.drawn = box;
  }

  // Whether the window has left what was drawn.
  isLeft(map) {
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint([0, 0]);
    const [left, top, right, bottom] = this.drawn;
    return corner.x < left || corner.y < top || corner.x + size.x > right || corner.y + size.y > bottom;
  }
}

function withBounds(points) {
  const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
  return { points, bounds: [least(xs), least(ys), most(xs), most(ys)] };
}

function least(values) {
  return values.reduce((a, b) => Math.min(a, b));
}

function most(values) {
  return values.reduce((a, b) => Math.max(a, b));
}

function drawn(points, { scale, left, top }) {
  let path = "", lastX = 0, lastY = 0;
  for (const [i, [worldX, worldY]] of points.entries()) {
    const x = worldX * scale - left, y = worldY * scale - top;
    const near = Math.abs(x - lastX) + Math.abs(y - lastY) < LEAST_STEP_PX;
    if (i > 0 && i < points.length - 1 && near) continue;
    path += `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    [lastX, lastY] = [x, y];
  }
  return path;
}
