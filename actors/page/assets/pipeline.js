// The view of the pipeline: asks for it every second while it is looked at, and for a token where one is needed.

import { Refused, fetchPipeline } from "./api.js";
import { h, setText } from "./dom.js";
import { Graph } from "./graph.js";
import { PipelineTables } from "./pipeline_tables.js";
import { clock } from "./text.js";

const pollInterval = 1000; // milliseconds
const tokenKey = "cleartap.pipeline.token";

/** The token is kept as long as the tab; where the browser refuses that, as long as the page. */
const kept = {
  get token() {
    try {
      return sessionStorage.getItem(tokenKey) ?? "";
    } catch {
      return this.memory ?? "";
    }
  },
  set token(value) {
    this.memory = value;
    try {
      sessionStorage.setItem(tokenKey, value);
    } catch {
      // in memory alone
    }
  },
};

const keyItem = (kind, text) => h("li", { class: kind }, text);

export class Pipeline {
  #visible = false;
  #timer = 0;
  #asking = false;
  #answered = null;

  constructor() {
    this.graph = new Graph();
    this.tables = new PipelineTables();
    this.note = h("p", { class: "note", role: "status" }, "Loading…");
    this.input = h("input", { type: "password", "aria-label": "Token", autocomplete: "off", spellcheck: "false",
      placeholder: "Token of page.token_file" });
    this.form = h("form", { class: "tools", hidden: true, on: { submit: (event) => this.#enter(event) } },
      this.input, h("button", { class: "primary" }, "Show"));
    this.picture = h("div", { hidden: true }, h("div", { class: "wide" }, this.graph.element),
      h("ul", { class: "key" }, keyItem("active", "flows now"), keyItem("waiting", "waits for credit"),
        keyItem("losing", "drops now"), keyItem("credit", "credit used"), keyItem("restarts", "restarts"),
        keyItem("link", "counted elsewhere")),
      this.tables.element);
    this.element = h("article", { class: "pipeline" }, h("header", { class: "title" }, h("h1", {}, "Pipeline"), this.note),
      this.form, this.picture);
  }

  show() {
    if (this.#visible)
      return;
    this.#visible = true;
    this.#poll();
  }

  hide() {
    this.#visible = false;
    clearTimeout(this.#timer);
  }

  async #poll() {
    clearTimeout(this.#timer);
    if (this.#asking)
      return;
    this.#asking = true;
    let again = true;
    try {
      const pipeline = await fetchPipeline(kept.token);
      this.graph.update(pipeline);
      this.tables.update(pipeline);
      this.#answered = new Date();
      this.#say("Rates are those of the last seconds.", { picture: true });
    } catch (error) {
      again = this.#fail(error);
    }
    this.#asking = false;
    if (this.#visible && again)
      this.#timer = setTimeout(() => this.#poll(), pollInterval);
  }

  /** Whether it makes sense to ask again. */
  #fail(error) {
    if (!(error instanceof Refused)) {
      const shown = this.#answered ? ` Shown as of ${clock(this.#answered)}.` : "";
      this.#say(`The server cannot be reached.${shown}`, { picture: this.#answered !== null });
      return true;
    }
    if (error.status === 401) {
      this.#say(kept.token ? "This token is not the one in page.token_file." : "A token is needed to see the pipeline.",
        { form: true });
      this.input.focus();
      return false;
    }
    this.#say(`Not shown: ${error.message}.`, {});
    return error.status !== 403;
  }

  #say(text, { picture = false, form = false }) {
    setText(this.note, text);
    this.picture.hidden = !picture;
    this.form.hidden = !form;
  }

  #enter(event) {
    event.preventDefault();
    kept.token = this.input.value.replace(/[^!-~]/g, ""); // a header takes nothing else
    this.input.value = "";
    this.#poll();
  }
}
