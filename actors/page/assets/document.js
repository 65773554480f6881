// The OpenAPI document as text: laid out and coloured as far as that does not freeze the page.

import { documentPath, fetchDocument } from "./api.js";
import { h, setText } from "./dom.js";
import { jsonLines, laidOut } from "./json_lines.js";
import { clock, count, fileName, visible } from "./text.js";

const colouredMax = 200_000; // characters; beyond them the text has one colour
const shownMax = 2_000_000; // characters; beyond them there is the download
const chunkLines = 200; // lines that are laid out together once they come into sight

/** Writes lines as nodes, and merges what has no colour into one text node. */
class Writer {
  #chunk = null;
  #plain = "";
  #lines = 0;

  constructor(into) {
    this.into = into;
    this.size = 0;
  }

  write(line) {
    if (this.#lines++ % chunkLines === 0)
      this.#begin();
    else
      this.#plain += "\n";
    for (const [kind, text] of line)
      this.#part(kind, text.slice(0, Math.max(0, shownMax - this.size)));
  }

  end() {
    this.#chunk?.append(this.#plain);
    this.#plain = "";
  }

  #begin() {
    this.end();
    this.#chunk = h("span", { class: "lines" });
    this.into.append(this.#chunk);
  }

  #part(kind, text) {
    this.size += text.length;
    if (kind === "mark" || this.size > colouredMax) {
      this.#plain += visible(text);
      return;
    }
    this.#chunk.append(this.#plain, h("span", { class: kind }, visible(text)));
    this.#plain = "";
  }
}

/** Fills `into`; tells how much of the text is shown how. */
function write(text, into) {
  const writer = new Writer(into);
  let complete = true;
  for (const line of jsonLines(text)) {
    complete = writer.size < shownMax;
    if (!complete)
      break;
    writer.write(line);
  }
  writer.end();
  if (!complete)
    return `Only the first ${count(shownMax)} characters are shown. Download has the whole document.`;
  return writer.size > colouredMax ? `Only the first ${count(colouredMax)} characters are coloured.` : "";
}

/** Without a secure context (plain HTTP to another host) there is no clipboard but the selection's. */
async function copy(text) {
  if (navigator.clipboard)
    return navigator.clipboard.writeText(text);
  const area = h("textarea", { class: "offscreen", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied)
    throw new Error("the browser refused");
}

export class DocumentView {
  #text = "";
  #stamp = null; // of the evidence when the document was loaded
  #asked = null; // of the evidence when it was asked for

  constructor(api) {
    this.id = api.id;
    this.copying = h("button", { type: "button", disabled: true, on: { click: () => this.#copy() } }, "Copy");
    this.reload = h("button", { type: "button", disabled: true, on: { click: () => this.#load() } }, "Reload");
    this.note = h("p", { class: "note", "aria-live": "polite" }, "Loading…");
    this.code = h("code");
    this.element = h("section", { "aria-label": "OpenAPI document" },
      h("div", { class: "tools" },
        h("a", { class: "button", href: documentPath(api.id), download: fileName(api.authority) }, "Download"),
        this.copying, this.reload, this.note),
      h("pre", { tabindex: "0", "aria-label": "OpenAPI document" }, this.code));
  }

  /**
   * Loads the document when it is first shown. Later changes are only announced: a text that changes every two seconds
   * cannot be read.
   */
  async show(stamp) {
    this.#asked = stamp;
    if (this.#stamp === null)
      await this.#load();
    else
      this.#announce(stamp !== this.#stamp);
  }

  #announce(newer) {
    this.reload.classList.toggle("primary", newer);
    setText(this.reload, newer ? "Load newer" : "Reload");
  }

  async #load() {
    const stamp = this.#asked;
    try {
      this.#text = await fetchDocument(this.id);
    } catch (error) {
      setText(this.note, `The document could not be loaded: ${error.message}`);
      return;
    }
    this.#stamp = stamp;
    this.code.replaceChildren();
    const remark = write(this.#text, this.code);
    setText(this.note, `As of ${clock(new Date())}. ${remark}`);
    this.copying.disabled = this.reload.disabled = false;
    this.#announce(false);
  }

  async #copy() {
    try {
      await copy(laidOut(this.#text));
      setText(this.copying, "Copied");
    } catch (error) {
      setText(this.copying, "Not copied");
      this.copying.title = error.message;
    }
    setTimeout(() => setText(this.copying, "Copy"), 2000);
  }
}
