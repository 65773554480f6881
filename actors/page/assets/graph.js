// The picture of the pipeline: a card for each stage, a line for each edge. Built once for a process; updates change
// only texts, sizes and classes, so that nothing jumps.

import { creditOf, drops, dropped, quantity, speed, stagesOf } from "./figures.js";
import { card, layout, links, route, width } from "./graph_layout.js";
import { setText } from "./dom.js";
import { count, plural, printable } from "./text.js";

const space = "http://www.w3.org/2000/svg";
const cellsInRow = 16;

function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes))
    element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function set(element, name, value) {
  if (element.getAttribute(name) !== String(value))
    element.setAttribute(name, value);
}

const words = { backing_off: "backing off" };
const phaseWord = (phase) => words[phase] ?? printable(phase);

/** One actor of a stage: a bar that is the fuller the larger its share. */
class Cell {
  constructor(x, y, cellWidth) {
    this.width = cellWidth;
    this.bar = s("rect", { class: "bar", x, y, width: 0, height: 6, rx: 2 });
    this.title = s("title");
    this.element = s("g", { class: "cell" },
      s("rect", { class: "ground", x, y, width: cellWidth, height: 6, rx: 2 }), this.bar, this.title);
  }

  update(actor, most) {
    set(this.element, "data-phase", actor.phase);
    set(this.bar, "width", actor.phase === "running" && most > 0 ? Math.max(0, this.width * actor.rate / most) : this.width);
    set(this.bar, "data-idle", actor.phase === "running" && most === 0);
    const rate = actor.unit ? `, ${speed(actor.rate, actor.unit)}` : "";
    setText(this.title, `${printable(actor.name)}[${actor.index}]: ${phaseWord(actor.phase)}${rate}, ` +
      `${plural(actor.mailbox, "batch", "batches")} in the mailbox, ${plural(actor.restarts, "restart")}`);
  }
}

class Card {
  constructor(stage, box) {
    this.small = box.height < card.height;
    const many = stage.actors.length;
    const x = box.x + 10;
    this.rate = s("text", { class: "rate", x, y: box.y + 44 });
    this.unit = s("text", { class: "unit", x: box.x + box.width - 10, y: box.y + 44, "text-anchor": "end" });
    this.remark = s("text", { class: "remark", x, y: box.y + box.height - 9 });
    this.restarts = s("text", { class: "restarts", x: box.x + box.width - 10, y: box.y + (this.small ? 21 : box.height - 9),
      "text-anchor": "end" });
    const inRow = Math.min(many, cellsInRow);
    const cellWidth = (box.width - 20 - (inRow - 1) * 2) / inRow;
    const top = box.y + (this.small ? 31 : 55);
    this.cells = stage.actors.map((actor, index) =>
      new Cell(x + (index % cellsInRow) * (cellWidth + 2), top + Math.floor(index / cellsInRow) * 8, cellWidth));
    const name = s("text", { class: "name", x, y: box.y + 21 }, printable(stage.name));
    const size = s("text", { class: "size", x: box.x + box.width - 10, y: box.y + 21, "text-anchor": "end" },
      many > 1 ? `×${many}` : "");
    this.element = s("g", { class: "stage" },
      s("rect", { class: "card", x: box.x, y: box.y, width: box.width, height: box.height, rx: 8 }), name, size,
      ...(this.small ? [] : [this.rate, this.unit, this.remark]), this.restarts, ...this.cells.map((cell) => cell.element));
  }

  update(stage) {
    const most = Math.max(...stage.actors.map((actor) => actor.rate));
    stage.actors.forEach((actor, index) => this.cells[index]?.update(actor, most));
    setText(this.rate, stage.unit ? speed(stage.rate, stage.unit) : "");
    setText(this.unit, stage.unit === "bytes" ? "" : printable(stage.unit));
    const down = stage.actors.find((actor) => actor.phase !== "running");
    set(this.element, "data-phase", down?.phase ?? "running");
    this.element.classList.toggle("active", stage.rate > 0);
    this.element.classList.toggle("losing", stage.losing);
    setText(this.remark, down ? phaseWord(down.phase)
      : stage.dropped > 0 ? `${quantity(stage.dropped, stage.unit)} dropped` : "");
    setText(this.restarts, stage.restarts > 0 ? `↻ ${count(stage.restarts)}` : "");
  }
}

class Line {
  constructor(way, edge) {
    const [x, y] = way.label;
    this.rate = s("text", { class: "rate", x, y: y - 8, "text-anchor": "middle" });
    this.unit = s("text", { class: "unit", x, y: y + 26, "text-anchor": "middle" },
      edge.unit === "bytes" ? "" : printable(edge.unit));
    this.trouble = s("text", { class: "trouble", x, y: y + 38, "text-anchor": "middle" });
    this.credit = s("rect", { class: "credit", x: x - 24, y: y + 9, width: 0, height: 4, rx: 2 });
    this.title = s("title");
    this.element = s("g", { class: "edge" }, s("path", { class: "rail", d: way.path }),
      s("path", { class: "tip", d: way.tip }), s("path", { class: "flow", d: way.path }),
      s("rect", { class: "credit-max", x: x - 24, y: y + 9, width: 48, height: 4, rx: 2 }), this.credit,
      this.rate, this.unit, this.trouble, s("path", { class: "reach", d: way.path }), this.title);
  }

  update(edge) {
    const used = creditOf(edge) > 0 ? edge.under_way / creditOf(edge) : 0;
    const lost = dropped(edge);
    setText(this.rate, edge.wanted ? speed(edge.rate, edge.unit) : "off");
    setText(this.trouble, lost > 0 ? `${quantity(lost, edge.unit)} dropped`
      : edge.waiting > 0 ? `${quantity(edge.waiting, edge.unit)} waiting` : "");
    set(this.credit, "width", Math.round(48 * Math.min(1, used)));
    const kind = edge.dropped_rate > 0 ? "losing" : edge.waiting > 0 ? "waiting" : edge.rate > 0 ? "active" : "idle";
    set(this.element, "data-kind", kind);
    this.element.classList.toggle("lost", lost > 0);
    setText(this.title, [`${printable(edge.from)} to ${printable(edge.to)}: ${speed(edge.rate, edge.unit)}`,
      `${quantity(edge.delivered, edge.unit)} ${printable(edge.unit)} delivered`,
      `${count(edge.under_way)} of ${plural(creditOf(edge), "batch", "batches")} under way`,
      `${quantity(edge.waiting, edge.unit)} waiting`, lost > 0 ? `dropped: ${drops(edge.dropped, edge.unit)}` : "",
      edge.wanted ? "" : "nobody wants it now"].filter(Boolean).join("\n"));
  }
}

const keyOf = ({ from, to }) => `${from} ${to}`;

const linkLine = (way, name) => s("g", { class: "link" }, s("path", { d: way.path }), s("path", { class: "tip", d: way.tip }),
  s("text", { x: way.label[0], y: way.label[1] - 7, "text-anchor": "middle" }, name));

const bandBox = ({ title, ...box }) => s("g", { class: "band" }, s("rect", { ...box, rx: 12 }),
  s("text", { x: box.x + 14, y: box.y + 19 }, title));

export class Graph {
  #shape = null; // what the picture was built for

  constructor() {
    this.element = s("svg", { class: "graph", role: "img", "aria-label": "The actors and the edges between them" });
  }

  update(pipeline) {
    const stages = stagesOf(pipeline);
    const shape = JSON.stringify([[...stages.values()].map(({ name, actors }) => [name, actors.length]),
      pipeline.edges.map(keyOf)]);
    if (shape !== this.#shape)
      this.#build(stages, pipeline.edges);
    this.#shape = shape;
    for (const stage of stages.values())
      this.cards.get(stage.name).update(stage);
    for (const edge of pipeline.edges)
      this.lines.get(keyOf(edge))?.update(edge);
  }

  #build(stages, edges) {
    const { boxes, bands, height } = layout([...stages.keys()]);
    this.cards = new Map([...stages.values()].map((stage) => [stage.name, new Card(stage, boxes.get(stage.name))]));
    this.lines = new Map();
    for (const edge of edges) {
      const way = route(boxes, edge.from, edge.to);
      if (way)
        this.lines.set(keyOf(edge), new Line(way, edge));
    }
    const others = links.map(({ from, to, name }) => ({ way: route(boxes, from, to), name })).filter(({ way }) => way);
    set(this.element, "viewBox", `0 0 ${width} ${height}`);
    this.element.replaceChildren(
      ...bands.map(bandBox), ...others.map(({ way, name }) => linkLine(way, name)),
      ...[...this.lines.values()].map((line) => line.element), ...[...this.cards.values()].map((each) => each.element));
  }
}
