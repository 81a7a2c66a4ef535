// What lines and signs mean, and whose the lines are.

import { plan } from "./data.js";
import { el, svg } from "./dom.js";
import { sample } from "./patterns.js";
import { KINDS, kindSample, warningSign } from "./shapes.js";
import { follow } from "./state.js";
import { say, worded } from "./words.js";

const SAMPLE_COLOUR = "#0000aa";

export class Legend {
  constructor() {
    this.hasRoads = false;
    this.hasWater = false;
    this.isMissingRoads = false;
    follow((changed) => changed.has("language") && this.draw());
    this.draw();
  }

  roads({ hasWater }) {
    this.hasRoads = true;
    this.hasWater = hasWater;
    this.draw();
  }

  withoutRoads() {
    this.isMissingRoads = true;
    this.draw();
  }

  draw() {
    const wasOpen = document.querySelector("#legend details")?.open ?? false;
    const kinds = KINDS.filter((kind) => plan.places.some((place) => place.kind === kind));
    const highest = plan.routes.reduce((most, route) => Math.max(most, route.number), 0);
    const patterns = ["solid", "dash", "double"].filter((_, i) => highest > 7 * i);
    const lines = [
      ...patterns.map((pattern) => line(sample({ colour: SAMPLE_COLOUR, pattern }), say(`line_${pattern}`))),
      highest > 21 ? line(null, say("line_repeats")) : null,
      ...kinds.map((kind) => line(kindSample(kind), say(`kind_${kind}`))),
      line(null, say("marker_count")),
      line(null, say("stop_number")),
      plan.unserved.length > 0 ? line(svg("svg", {
        width: 22, height: 20, viewBox: "-11 -10 22 20", "aria-hidden": "true",
      }, warningSign(1)), say("unserved")) : null,
      this.hasRoads ? line(stroke("road"), say("road")) : null,
      this.hasWater ? line(stroke("water"), say("water")) : null,
    ];
    document.getElementById("legend").replaceChildren(el("details", { open: wasOpen },
      el("summary", {}, say("legend")), el("ul", {}, ...lines), el("p", { class: "small" }, say("hint"))));
    const notes = [...worded(plan.notes), this.isMissingRoads ? say("roads_not_shown") : null];
    document.getElementById("notes").textContent = notes.filter(Boolean).join(" · ");
  }
}

function line(picture, words) {
  return el("li", {}, el("span", { class: "picture" }, picture), words);
}

function stroke(kind) {
  return svg("svg", { class: "overlay-sample", width: 30, height: 10, "aria-hidden": "true" },
    svg("path", { class: kind, d: "M0 5H30", "stroke-width": 3 }));
}
