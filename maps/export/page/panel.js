// Head and panel: title, clock, language, figures, tabs and what stands under them.

import { about } from "./about.js";
import { plan } from "./data.js";
import { tricycleDetail } from "./detail.js";
import { el, inline } from "./dom.js";
import { followShown, tricycleList } from "./list.js";
import { change, choose, follow, state } from "./state.js";
import { unservedList } from "./unserved.js";
import { kilometres, minutes, percent, say, worded, yuan } from "./words.js";

const byId = (id) => document.getElementById(id);

export class Panel {
  // `show` brings a place to the reader's eyes, `look` a route, `whole` the whole plan.
  constructor({ show, look, whole }) {
    this.show = show;
    this.look = look;
    this.whole = whole;
    follow((changed) => this.#update(changed));
    document.addEventListener("keydown", (event) => event.key === "Escape" && choose(null));
    this.draw();
  }

  draw() {
    this.#head();
    this.#figures();
    this.#tabs();
    this.#tab();
  }

  #update(changed) {
    if (changed.has("language")) return this.draw();
    if (changed.has("tab")) this.#tabs();
    if (changed.has("tab") || changed.has("chosen")) return this.#tab();
    if (changed.has("shown")) followShown(byId("tab"));
  }

  #head() {
    byId("title").textContent = plan.title || say("map_of_the_day");
    byId("when").replaceChildren(...inline([plan.date, worded(plan.clock)]));
    const language = el("select", {
      id: "language", "aria-label": say("language"), onchange: (event) => change({ language: event.target.value }),
    }, ...plan.languages.map(({ code, name }) => el("option", {
      value: code, lang: code, selected: code === state.language,
    }, name)));
    const fold = el("button", {
      type: "button", id: "fold", "aria-expanded": String(!document.body.classList.contains("folded")),
      "aria-controls": "panel",
      onclick: () => {
        const folded = document.body.classList.toggle("folded");
        fold.setAttribute("aria-expanded", String(!folded));
      },
    }, say("panel"));
    byId("tools").replaceChildren(fold,
      el("button", { type: "button", id: "whole", onclick: this.whole }, say("whole_map")),
      el("button", { type: "button", id: "print", onclick: () => window.print() }, say("print")), language);
  }

  #figures() {
    const f = plan.figures;
    const requests = f.served_requests + f.unserved_requests;
    const rows = [
      [`${f.served_requests}/${requests}`, say("served")],
      [f.unserved_musts, say("musts_left"), f.unserved_musts > 0 ? "bad" : null],
      [yuan(f.total_yuan), say("total_yuan"), null,
        say("cost_and_loss", { cost: yuan(f.cost_yuan), loss: yuan(f.loss_yuan) })],
      [kilometres(f.distance_m), say("distance_km")],
      [Math.round(f.served_kg), say("served_kg")],
      [f.tricycles_used, say("tricycles_used")],
      [percent(f.lowest_charge), say("lowest_charge")],
      [minutes(f.longest_on_board_s), say("longest_on_board")],
    ];
    byId("figures").replaceChildren(...rows.map(([value, words, kind, hint]) =>
      el("div", { class: kind, title: hint }, el("b", { dir: "ltr" }, value), el("span", {}, words))));
  }

  #tabs() {
    const names = {
      tricycles: say("tricycles_count", { count: plan.routes.length }),
      unserved: say("unserved_count", { count: plan.unserved.length }),
      about: plan.warnings.length > 0 ? `${say("about")} ⚠` : say("about"),
    };
    byId("tabs").replaceChildren(...Object.entries(names).map(([tab, words]) => el("button", {
      type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": "tab",
      "aria-selected": String(tab === state.tab), onclick: () => change({ tab, chosen: null }),
    }, words)));
    byId("tab").setAttribute("aria-labelledby", `tab-${state.tab}`);
  }

  #tab() {
    byId("tab").replaceChildren(this.#content());
    byId("tab").scrollTop = 0;
  }

  #content() {
    if (state.tab === "unserved") return unservedList(this.show);
    if (state.tab === "about") return about();
    return state.chosen === null ? tricycleList() : tricycleDetail(state.chosen, this.look);
  }
}
