// Methods, statuses and classes of sensitive data as small coloured labels.

import { breakable, h } from "./dom.js";
import { count, plural, printable } from "./text.js";

const known = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export const methodBadge = (method) =>
  h("span", { class: `verb ${known.has(method) ? method.toLowerCase() : "other"}` }, printable(method));

const classOf = (status) => /^[1-5]/.test(status) ? `s${status[0]}` : "none";

const wordOf = (status) => status === "none" ? "no response" : printable(status);

export const statusChip = (status) => h("span", { class: `chip ${classOf(status)}` }, wordOf(status));

/** A status with how often it was seen. */
export const statusCount = (status, seen) =>
  h("span", { class: `chip ${classOf(status)}`, title: `${plural(seen, "exchange")}: ${wordOf(status)}` },
    wordOf(status), h("small", {}, `×${count(seen)}`));

/** A class of sensitive data. */
export const sensitiveChip = (name) =>
  h("span", { class: "chip sensitive", title: `Sensitive data: ${printable(name)}` }, printable(name));

/** A path with its parameters set apart. */
export const pathNodes = (path) =>
  printable(path).split(/(\{[^{}]*\})/).filter(Boolean).flatMap((part) =>
    part.startsWith("{") && part.endsWith("}") ? [h("span", { class: "parameter" }, part)] : breakable(part));
