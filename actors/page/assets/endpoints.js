// The table of an API's endpoints: filter, order, and one operation's details below its row.

import { methodBadge, pathNodes, sensitiveChip, statusCount } from "./badge.js";
import { arrange, h, setText } from "./dom.js";
import { operationView } from "./operation.js";
import { count, plural, setTime } from "./text.js";

const text = (a, b) => a < b ? -1 : a > b ? 1 : 0;
const number = (a, b) => a - b;

// `downwards`: the order that the first click gives; without `compare` a column is not sortable
const columns = [
  { key: "method", label: "Method", compare: text },
  { key: "path", label: "Path", compare: text },
  { key: "served", label: "Served", compare: number, downwards: true },
  { key: "called", label: "Called", compare: number, downwards: true },
  { key: "statuses", label: "Statuses" },
  { key: "last_seen", label: "Last seen", compare: text, downwards: true },
];

/** The classes of sensitive data that were seen, each once. */
const classesOf = (endpoint) => [...new Set(endpoint.sensitive.map((each) => each.class))].sort();

let rowsMade = 0; // for element ids

class Row {
  #details = null; // the row below, made at the first opening
  #id = `operation-${++rowsMade}`;

  constructor(endpoint, table) {
    this.table = table;
    this.button = h("button", { class: "toggle", type: "button", "aria-expanded": "false" },
      ...pathNodes(endpoint.path));
    this.cells = Object.fromEntries(columns.map(({ key, label }) =>
      [key, h("td", { role: "cell", class: key, "data-label": label })]));
    this.cells.method.append(methodBadge(endpoint.method));
    this.sensitive = h("span", { class: "sensitive" });
    this.cells.path.append(this.button, this.sensitive);
    this.seen = h("time");
    this.cells.last_seen.append(this.seen);
    this.element = h("tr", { role: "row", on: { click: (event) => this.#clicked(event) } },
      ...Object.values(this.cells));
    this.update(endpoint);
  }

  update(endpoint) {
    const changed = JSON.stringify(endpoint.statuses) !== JSON.stringify(this.endpoint?.statuses);
    const classes = classesOf(endpoint);
    if (classes.join(" ") !== (this.endpoint ? classesOf(this.endpoint).join(" ") : ""))
      this.sensitive.replaceChildren(...classes.flatMap((each) => [" ", sensitiveChip(each)]));
    this.endpoint = endpoint;
    setText(this.cells.served, count(endpoint.served));
    setText(this.cells.called, count(endpoint.called));
    setTime(this.seen, endpoint.last_seen);
    if (changed)
      this.cells.statuses.replaceChildren(
        ...Object.entries(endpoint.statuses).flatMap(([status, seen]) => [statusCount(status, seen), " "]));
  }

  matches(terms) {
    const { method, path, statuses } = this.endpoint;
    const searched = [method, path, ...Object.keys(statuses), ...classesOf(this.endpoint)].join(" ").toLowerCase();
    return terms.every((term) => searched.includes(term));
  }

  get elements() {
    return this.#open ? [this.element, this.#details] : [this.element];
  }

  get #open() {
    return this.button.getAttribute("aria-expanded") === "true";
  }

  #clicked(event) {
    // a click that ends the selection of text is not meant to open the row
    if (this.button.contains(event.target) || getSelection().isCollapsed)
      this.#toggle();
  }

  #toggle() {
    this.button.setAttribute("aria-expanded", String(!this.#open));
    if (this.#open)
      this.#fill();
    this.table.arrange();
  }

  async #fill() {
    const content = h("td", { role: "cell", colspan: String(columns.length) }, h("p", { class: "note" }, "Loading…"));
    this.#details = h("tr", { role: "row", class: "operation", id: this.#id }, content);
    this.button.setAttribute("aria-controls", this.#id);
    try {
      content.replaceChildren(operationView(await this.table.loadDocument(), this.endpoint));
    } catch (error) {
      content.replaceChildren(h("p", { class: "note" }, `The OpenAPI document could not be loaded: ${error.message}`));
    }
  }
}

export class EndpointTable {
  #rows = new Map(); // by method and path, in the order of the server
  #order = { column: columns[1], downwards: false };

  /** `loadDocument()` promises the parsed OpenAPI document. */
  constructor(loadDocument) {
    this.loadDocument = loadDocument;
    this.filter = h("input", {
      type: "search", placeholder: "Filter by method, path, status or sensitive data", "aria-label": "Filter endpoints",
      autocomplete: "off", spellcheck: "false", on: { input: () => this.arrange() },
    });
    this.note = h("p", { class: "note", "aria-live": "polite" }, "Loading…");
    this.heads = columns.map((column) => this.#headOf(column));
    this.body = h("tbody", { role: "rowgroup" });
    this.element = h("section", { "aria-label": "Endpoints" },
      h("div", { class: "tools" }, this.filter, this.note),
      h("table", { role: "table" },
        h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...this.heads)), this.body));
  }

  show(endpoints) {
    const before = this.#rows;
    this.#rows = new Map();
    for (const endpoint of endpoints) {
      const key = JSON.stringify([endpoint.method, endpoint.path]);
      const row = before.get(key);
      row?.update(endpoint);
      this.#rows.set(key, row ?? new Row(endpoint, this));
    }
    this.arrange();
  }

  /** Says why there is nothing to show; rows that are there stay. */
  fail(why) {
    if (this.#rows.size === 0)
      setText(this.note, `The endpoints could not be loaded: ${why}`);
  }

  /** Brings the rows that match the filter into the chosen order. */
  arrange() {
    const { column, downwards } = this.#order;
    const terms = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const all = [...this.#rows.values()];
    const shown = all.filter((row) => row.matches(terms)).sort((a, b) =>
      column.compare(a.endpoint[column.key], b.endpoint[column.key]) * (downwards ? -1 : 1));
    arrange(this.body, shown.flatMap((row) => row.elements));
    for (const [index, head] of this.heads.entries())
      if (columns[index] === column)
        head.setAttribute("aria-sort", downwards ? "descending" : "ascending");
      else
        head.removeAttribute("aria-sort");
    const total = plural(all.length, "endpoint");
    setText(this.note, terms.length === 0 ? total : `${count(shown.length)} of ${total}`);
  }

  #headOf(column) {
    const content = column.compare
      ? h("button", { type: "button", on: { click: () => this.#sortBy(column) } }, column.label)
      : column.label;
    return h("th", { role: "columnheader", scope: "col", class: column.key }, content);
  }

  #sortBy(column) {
    const again = this.#order.column === column;
    this.#order = { column, downwards: again ? !this.#order.downwards : Boolean(column.downwards) };
    this.arrange();
  }
}
