// The main pane for one API: its facts, and its endpoints or its OpenAPI document.

import { fetchApi, fetchDocument } from "./api.js";
import { h, setText } from "./dom.js";
import { DocumentView } from "./document.js";
import { EndpointTable } from "./endpoints.js";
import { count, printable, setTime } from "./text.js";

/** Changes whenever the evidence for an API does. */
const stampOf = (api) => [api.served, api.called, api.endpoint_count, api.last_seen].join("/");

export class Detail {
  #api = null; // the summary that is shown
  #loaded = null; // stamp of the endpoints that are shown
  #document = null; // { stamp, parsed }: parsed is a promise

  constructor() {
    this.title = h("h1", { class: "name" });
    this.served = h("dd");
    this.called = h("dd");
    this.first = h("time");
    this.last = h("time");
    this.tabs = { endpoints: h("a", {}, "Endpoints"), openapi: h("a", {}, "OpenAPI") };
    this.panel = h("div", { class: "panel" });
    this.element = h("article", {}, this.#head(), this.panel);
  }

  /** Shows `api` in `view`, which is "endpoints" or "openapi"; asks the server for what changed. */
  async show(api, view) {
    if (api.id !== this.#api?.id)
      this.#reset(api);
    this.#api = api;
    this.#showHead(view);
    const shown = view === "openapi" ? this.openapi : this.endpoints;
    if (this.panel.firstChild !== shown.element)
      this.panel.replaceChildren(shown.element);
    await (view === "openapi" ? this.openapi.show(stampOf(api)) : this.#showEndpoints());
  }

  #head() {
    const fact = (term, value) => h("div", {}, h("dt", {}, term), value);
    return h("header", { class: "head" },
      h("a", { class: "back", href: "#/" }, "All APIs"), this.title,
      h("dl", {}, fact("Served", this.served), fact("Called", this.called),
        fact("First seen", h("dd", {}, this.first)), fact("Last seen", h("dd", {}, this.last))),
      h("p", { class: "hint" }, "Served: seen at the program that answered. Called: seen at the program that asked. ",
        "A call seen at both ends counts in both."),
      h("nav", { class: "tabs", "aria-label": "Views" }, ...Object.values(this.tabs)));
  }

  #reset(api) {
    this.#loaded = null;
    this.#document = null;
    this.endpoints = new EndpointTable(() => this.#parsedDocument());
    this.openapi = new DocumentView(api);
    setText(this.title, printable(api.authority) || "(no authority)");
    this.tabs.endpoints.href = `#/apis/${api.id}`;
    this.tabs.openapi.href = `#/apis/${api.id}/openapi`;
  }

  #showHead(view) {
    setText(this.served, count(this.#api.served));
    setText(this.called, count(this.#api.called));
    setTime(this.first, this.#api.first_seen);
    setTime(this.last, this.#api.last_seen);
    for (const [name, tab] of Object.entries(this.tabs))
      if (name === view)
        tab.setAttribute("aria-current", "page");
      else
        tab.removeAttribute("aria-current");
  }

  async #showEndpoints() {
    const { id } = this.#api;
    const stamp = stampOf(this.#api);
    if (stamp === this.#loaded)
      return;
    const { endpoints } = this; // this API's, even if another one is selected before the answer comes
    try {
      endpoints.show((await fetchApi(id)).endpoints);
    } catch (error) {
      endpoints.fail(error.message);
      throw error;
    }
    if (id === this.#api.id)
      this.#loaded = stamp;
  }

  /** The document for the evidence now known; asked for once. */
  #parsedDocument() {
    const stamp = stampOf(this.#api);
    if (this.#document?.stamp !== stamp) {
      const parsed = fetchDocument(this.#api.id).then(JSON.parse);
      parsed.catch(() => { this.#document = null; });
      this.#document = { stamp, parsed };
    }
    return this.#document.parsed;
  }
}
