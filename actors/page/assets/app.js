// Starts the page: follows the address, and asks the server every two seconds while somebody looks.

import { Refused, fetchApis } from "./api.js";
import { Detail } from "./detail.js";
import { h, setText } from "./dom.js";
import { ApiList } from "./list.js";
import { Pipeline } from "./pipeline.js";
import { clock, printable, refreshTimes } from "./text.js";

const pollInterval = 2000; // milliseconds

const byId = (id) => document.getElementById(id);
const main = byId("main");
const list = new ApiList({ list: byId("list"), filter: byId("filter"), note: byId("list-note") });
const detail = new Detail();
const pipeline = new Pipeline();

let apis = null; // nothing until the first answer
let failure = null; // why the last request failed
let answered = new Date(); // when the server last did
let polling = false;
let timer = 0;

/** "#/apis/<id>", "#/apis/<id>/openapi" and "#/pipeline"; anything else is the start. */
function route() {
  if (location.hash === "#/pipeline")
    return { id: null, view: "pipeline" };
  const [, id = null, view = "endpoints"] = location.hash.match(/^#\/apis\/([0-9a-f]+)(?:\/(openapi))?$/) ?? [];
  return { id, view };
}

function connectionText() {
  if (failure === null)
    return "Live";
  const cause = failure instanceof Refused ? `Server error: ${failure.message}` : "Server not reachable";
  return apis === null ? cause : `${cause}. Shown as of ${clock(answered)}.`;
}

function showConnection() {
  const connection = byId("connection");
  setText(connection, connectionText());
  connection.dataset.state = failure === null ? "live" : "lost";
  document.body.classList.toggle("stale", failure !== null && apis !== null);
}

const state = (title, text) => h("div", { class: "state" }, h("h1", {}, title), h("p", {}, text));

function startState() {
  if (apis === null && failure === null)
    return state("Loading…", "Waiting for the server’s first answer.");
  if (apis === null) {
    const title = failure instanceof Refused ? "The server answers with an error." : "The server cannot be reached.";
    return state(title, "This page asks again every two seconds.");
  }
  if (apis.length === 0)
    return state("No API seen yet.", "Make a TLS request on this machine, or run tools/demo.");
  return state("Select an API", "The list has every authority that was seen in TLS traffic.");
}

/** Replaces the main pane only if it would say something else. */
function showMain(content) {
  const shown = main.firstElementChild;
  if (shown !== content && !(shown?.className === "state" && shown.isEqualNode(content)))
    main.replaceChildren(content);
}

function showPipeline(on) {
  for (const [id, here] of [["to-apis", !on], ["to-pipeline", on]])
    if (here)
      byId(id).setAttribute("aria-current", "page");
    else
      byId(id).removeAttribute("aria-current");
  if (!on || document.hidden) {
    pipeline.hide();
    return;
  }
  document.body.dataset.open = "pipeline";
  document.title = "Pipeline · cleartap";
  showMain(pipeline.element);
  pipeline.show();
}

async function show() {
  const { id, view } = route();
  showPipeline(view === "pipeline");
  if (view === "pipeline")
    return;
  const api = apis?.find((each) => each.id === id);
  document.body.dataset.open = id !== null ? "detail" : apis?.length ? "list" : "start";
  document.title = api ? `${printable(api.authority)} · cleartap` : "cleartap";
  list.mark(id);
  if (api) {
    showMain(detail.element);
    await detail.show(api, view);
  } else if (id === null || !apis?.length)
    showMain(startState());
  else
    showMain(state("Unknown API", "The inventory has no API with this id."));
}

async function poll() {
  if (polling)
    return;
  polling = true;
  clearTimeout(timer);
  try {
    apis = await fetchApis();
    answered = new Date();
    list.show(apis);
    await show();
    failure = null;
  } catch (error) {
    failure = error;
    if (apis === null)
      await show();
  }
  showConnection();
  refreshTimes();
  polling = false;
  if (!document.hidden)
    timer = setTimeout(poll, pollInterval);
}

async function navigate() {
  main.scrollTop = 0;
  try {
    await show();
  } catch (error) {
    failure = error;
    showConnection();
  }
  if (byId("list").offsetParent === null) // one pane at a time: the link that had the focus is gone
    main.focus();
}

addEventListener("hashchange", navigate);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    clearTimeout(timer);
    pipeline.hide();
  } else {
    poll();
  }
});
byId("skip").addEventListener("click", () => main.focus());
showMain(startState());
await show();
await poll();
list.reveal(route().id);
