// Finding free room on the map for numbers and names.

const CELL_PX = 48;

export class Space {
  // The window is no wall for what lies outside of it, but nothing is cut by its edge.
  constructor(window) {
    this.window = window;
    this.cells = new Map();
  }

  isFree(box) {
    const [left, top, right, bottom] = box;
    if (this.#isCut(box)) return false;
    return cellsOf(box).every((cell) => (this.cells.get(cell) ?? [])
      .every(([l, t, r, b]) => right <= l || left >= r || bottom <= t || top >= b));
  }

  #isCut([left, top, right, bottom]) {
    const [l, t, r, b] = this.window;
    const isInside = left >= l && top >= t && right <= r && bottom <= b;
    const isOutside = right < l || left > r || bottom < t || top > b;
    return !isInside && !isOutside;
  }

  take(box) {
    for (const cell of cellsOf(box)) {
      if (!this.cells.has(cell)) this.cells.set(cell, []);
      this.cells.get(cell).push(box);
    }
  }

  // The first of some centres around which a box of this size is free; it is taken then.
  place(centres, width, height) {
    for (const [x, y] of centres) {
      const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
      if (this.isFree(box)) {
        this.take(box);
        return [x, y];
      }
    }
    return null;
  }
}

// Centres on rings around a point, the nearest first, beginning above it.
export function* ringsAround([x, y], { from, to, step, count = 12 }) {
  for (let radius = from; radius <= to; radius += step) {
    for (let i = 0; i < count; i += 1) {
      const angle = (i / count) * 2 * Math.PI - Math.PI / 2;
      yield [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    }
  }
}

// About how wide a text is at a size in px: ideographs are as wide as high.
export function widthOf(text, size) {
  return [...text].reduce((sum, character) => sum + (character > "\u2e7f" ? 1.02 : 0.6), 0) * size;
}

function cellsOf([left, top, right, bottom]) {
  const cells = [];
  for (let x = Math.floor(left / CELL_PX); x <= Math.floor(right / CELL_PX); x += 1) {
    for (let y = Math.floor(top / CELL_PX); y <= Math.floor(bottom / CELL_PX); y += 1) cells.push(`${x},${y}`);
  }
  return cells;
}
