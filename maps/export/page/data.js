// The plan and the words, as they were written into the page; roads, where the browser can unpack them.

const MICRODEGREES = 1e6;

export const plan = JSON.parse(document.getElementById("plan-data").textContent);
export const texts = JSON.parse(document.getElementById("text-data").textContent);

for (const [index, route] of plan.routes.entries()) {
  route.index = index;
  route.points = unpacked(route.path);
  route.visits = route.entries.filter((entry) => entry.kind === "visit");
}

function unpacked(steps) {
  const points = [];
  let latitude = 0, longitude = 0;
  for (let i = 0; i < steps.length; i += 2) {
    latitude += steps[i];
    longitude += steps[i + 1];
    points.push([latitude / MICRODEGREES, longitude / MICRODEGREES]);
  }
  return points;
}

// Resolves to GeoJSON, or to null: without roads in the page, or in a browser that can't unpack them.
export async function roads() {
  const packed = document.getElementById("road-data").textContent.trim();
  if (packed === "" || !canUnpack()) return null;
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

export function canUnpack() {
  return typeof DecompressionStream === "function";
}
