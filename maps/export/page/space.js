// Finding free room on the map for numbers and names.

export class Space {
  // The window is no wall for what lies outside of it, but nothing is cut by its edge.
  constructor(window) {
    this.window = window;
    this.taken = [];
  }

  isFree(box) {
    const [left, top, right, bottom] = box;
    return !this.#isCut(box) && this.taken.every(([l, t, r, b]) => right <= l || left >= r || bottom <= t || top >= b);
  }

  #isCut([left, top, right, bottom]) {
    const [l, t, r, b] = this.window;
    const isInside = left >= l && top >= t && right <= r && bottom <= b;
    const isOutside = right < l || left > r || bottom < t || top > b;
    return !isInside && !isOutside;
  }

  take(box) {
    this.taken.push(box);
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
