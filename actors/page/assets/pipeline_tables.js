// The figures of the pipeline as tables: exact, and readable where the picture is not.

import { arrange, h, setText } from "./dom.js";
import { creditOf, drops, quantity, speed } from "./figures.js";
import { count, printable } from "./text.js";

/** Rows are kept by key, so that an update changes texts only. `columns` are [title, kind, text of an entry]. */
class FigureTable {
  #rows = new Map();

  constructor(caption, columns) {
    this.columns = columns;
    this.body = h("tbody");
    this.element = h("section", { class: "figures" }, h("h2", {}, caption), h("div", { class: "wide" },
      h("table", {}, h("thead", {}, h("tr", {}, ...columns.map(([title, kind]) => h("th", { class: kind }, title)))),
        this.body)));
  }

  show(entries, keyOf) {
    const before = this.#rows;
    this.#rows = new Map();
    for (const entry of entries) {
      const key = keyOf(entry);
      const row = before.get(key) ?? h("tr", {}, ...this.columns.map(([, kind]) => h("td", { class: kind })));
      this.columns.forEach(([, , text], index) => setText(row.children[index], text(entry)));
      this.#rows.set(key, row);
    }
    arrange(this.body, [...this.#rows.values()]);
  }
}

const times = (many) => many > 1 ? ` ×${many}` : "";

const ends = (edge) =>
  `${printable(edge.from)}${times(edge.producers)} → ${printable(edge.to)}${times(edge.lanes)}`;

const amount = (value, unit) => unit === "bytes" ? quantity(value, unit) : `${quantity(value, unit)} ${printable(unit)}`;

export class PipelineTables {
  constructor() {
    this.edges = new FigureTable("Edges", [
      ["Edge", "what", ends],
      ["Rate", "number", (edge) => edge.wanted ? speed(edge.rate, edge.unit) : "off"],
      ["Delivered", "number", (edge) => amount(edge.delivered, edge.unit)],
      ["Waiting", "number", (edge) => quantity(edge.waiting, edge.unit)],
      ["Credit used", "number", (edge) => `${count(edge.under_way)} of ${count(creditOf(edge))}`],
      ["Dropped", "loss", (edge) => drops(edge.dropped, edge.unit) || "–"],
    ]);
    this.stages = new FigureTable("Ledgers", [
      ["Stage", "what", ({ name, index }) => `${printable(name)}[${index}]`],
      ["In", "number", (stage) => amount(stage.in, stage.unit)],
      ["Out", "number", (stage) => quantity(stage.out, stage.unit)],
      ["Queued", "number", (stage) => quantity(stage.queued, stage.unit)],
      ["Dropped", "loss", (stage) => drops(stage.dropped, stage.unit) || "–"],
    ]);
    this.sessions = new FigureTable("Sniffers", [
      ["Sniffer", "what", (session) => printable(session.name)],
      ["Address", "what", (session) => printable(session.address)],
      ["Silent for", "number", (session) => `${count(session.silent_ms)} ms`],
      ["Exchanges", "number", (session) => quantity(session.exchanges, "exchanges")],
      ["Received", "number", (session) => quantity(session.bytes_in, "bytes")],
      ["Delayed", "number", (session) => count(session.delayed)],
    ]);
    this.element = h("div", { class: "tables" }, this.sessions.element, this.edges.element, this.stages.element);
  }

  update({ edges, stages, sessions }) {
    this.sessions.element.hidden = sessions.length === 0;
    this.sessions.show(sessions, ({ name, epoch }) => `${name} ${epoch}`);
    this.edges.show(edges, ({ from, to, unit }) => `${from} ${to} ${unit}`);
    this.stages.show(stages, ({ name, index }) => `${name} ${index}`);
  }
}
