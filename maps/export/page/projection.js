// Web Mercator: the world is a square of 256 px at zoom 0.

const WORLD_PX = 256;
const RADIANS = Math.PI / 180;

export function toWorld([latitude, longitude]) {
  const sine = Math.sin(latitude * RADIANS);
  return [
    WORLD_PX * (longitude / 360 + 0.5),
    WORLD_PX * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)),
  ];
}

// How world coordinates become a map's layer points at its zoom: x * scale - left, y * scale - top.
export function frame(map) {
  const origin = map.getPixelOrigin();
  return { scale: 2 ** map.getZoom(), left: origin.x, top: origin.y };
}

export function toLayer([x, y], { scale, left, top }) {
  return [x * scale - left, y * scale - top];
}
