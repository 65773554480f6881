// The list of APIs with its filter.

import { arrange, breakable, h, setText } from "./dom.js";
import { count, plural, printable, setTime, shortCount } from "./text.js";

class Entry {
  constructor(api) {
    const name = printable(api.authority) || "(no authority)";
    this.facts = h("span", { class: "facts" });
    this.seen = h("time", { class: "facts" });
    this.link = h("a", { href: `#/apis/${api.id}` },
      h("span", { class: "name" }, ...breakable(name)), this.seen, this.facts);
    this.item = h("li", {}, this.link);
    this.update(api);
  }

  update(api) {
    this.api = api;
    const counts = `${shortCount(api.served)} served · ${shortCount(api.called)} called`;
    setText(this.facts, `${plural(api.endpoint_count, "endpoint")} · ${counts}`);
    setTime(this.seen, api.last_seen);
  }
}

export class ApiList {
  #entries = new Map(); // by id, in the order of the server

  constructor({ list, filter, note }) {
    this.list = list;
    this.filter = filter;
    this.note = note;
    filter.addEventListener("input", () => this.#arrange());
  }

  show(apis) {
    const before = this.#entries;
    this.#entries = new Map();
    for (const api of apis) {
      const entry = before.get(api.id);
      entry?.update(api);
      this.#entries.set(api.id, entry ?? new Entry(api));
    }
    this.#arrange();
  }

  /** Marks the API that is shown. */
  mark(id) {
    for (const [each, { link }] of this.#entries)
      if (each === id)
        link.setAttribute("aria-current", "page");
      else
        link.removeAttribute("aria-current");
  }

  reveal(id) {
    this.#entries.get(id)?.item.scrollIntoView({ block: "nearest" });
  }

  #arrange() {
    const wanted = this.filter.value.trim().toLowerCase();
    const all = [...this.#entries.values()];
    const shown = all.filter(({ api }) => api.authority.toLowerCase().includes(wanted));
    arrange(this.list, shown.map((entry) => entry.item));
    setText(this.note, wanted ? `${count(shown.length)} of ${plural(all.length, "API")}` : plural(all.length, "API"));
  }
}
