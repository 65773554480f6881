// One operation of the OpenAPI document: parameters, request and responses.

import { sensitiveChip, statusChip } from "./badge.js";
import { h } from "./dom.js";
import { dereference, members, own, schemaTree } from "./schema.js";
import { count, plural, printable, time } from "./text.js";

// those for which a path item has a field; others are in extensions, because methods are case-sensitive
const fixedMethods = new Set(["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"]);
const places = { path: "Path parameters", query: "Query parameters", header: "Headers", cookie: "Cookies" };

const note = (text) => h("p", { class: "note" }, text);

const block = (title, ...content) => h("section", { class: "block" }, h("h3", {}, title), ...content);

const schemaOf = (holder) => own(holder, "schema") ?? own(members(own(holder, "content"))[0]?.[1], "schema") ?? {};

function parameterBlocks(parameters, root) {
  return Object.entries(places).map(([place, title]) => {
    const fields = parameters.filter((each) => own(each, "in") === place).map((each) => ({
      name: own(each, "name") ?? "",
      required: own(each, "required") === true,
      part: schemaOf(each),
    }));
    return fields.length === 0 ? null : block(title, schemaTree(fields, root));
  });
}

/** The schema of one media type, with how many bodies were seen; not every type has a schema. */
function mediaParts([type, media], root) {
  const seen = own(own(media, "x-cleartap"), "bodies");
  const schema = own(media, "schema");
  const words = [printable(type), ...Number.isInteger(seen) ? [plural(seen, "body", "bodies")] : []];
  return [
    h("p", { class: "media" }, words.join(" · ")),
    schema === undefined ? note("No schema known.") : schemaTree([{ name: null, part: schema }], root),
  ];
}

/** The bodies of a request or response, by media type. */
function bodies(holder, root) {
  const content = members(own(holder, "content"));
  if (content.length === 0)
    return [note("No body.")];
  return content.flatMap((entry) => mediaParts(entry, root));
}

function requestBlock(operation, root) {
  const { value } = dereference(own(operation, "requestBody"), root);
  if (value === undefined)
    return null;
  return block(own(value, "required") === true ? "Request body, required" : "Request body", ...bodies(value, root));
}

function responseParts(status, response, root) {
  const { value } = dereference(response, root);
  const headers = members(own(value, "headers")).map(([name, header]) => {
    const found = dereference(header, root).value;
    return { name, required: own(found, "required") === true, part: schemaOf(found) };
  });
  return [
    h("h4", {}, statusChip(status), " ", printable(own(value, "description") ?? "")),
    headers.length === 0 ? null : h("p", { class: "media" }, "headers"),
    headers.length === 0 ? null : schemaTree(headers, root),
    ...bodies(value, root),
  ];
}

function securityBlock(operation) {
  const names = [].concat(own(operation, "security") ?? []).flatMap((each) => members(each).map(([name]) => name));
  return names.length === 0 ? null : block("Authentication", note([...new Set(names)].map(printable).join(", ")));
}

/** In how many of the exchanges it was left as it was: e-mail addresses and phone numbers may be. */
const removedWords = ({ exchanges, shown }) =>
  shown === 0 ? "removed" : shown === exchanges ? "shown" : `shown in ${count(shown)}`;

/** What redaction found in exchanges, by place; never a value. */
function sensitiveBlock(sensitive) {
  if (sensitive.length === 0)
    return null;
  return block("Sensitive data", h("ul", { class: "sensitive" }, ...sensitive.map((each) => h("li", {},
    sensitiveChip(each.class), " ", h("code", {}, printable(each.place)), " ",
    h("span", { class: "note" },
      `${plural(each.exchanges, "exchange")}, ${removedWords(each)}, last `, time(each.last_seen))))));
}

/** The details of `endpoint` as the document `root` tells them. */
export function operationView(root, endpoint) {
  const path = own(own(root, "paths"), endpoint.path === "*" ? "x-cleartap-asterisk" : endpoint.path);
  const operation = fixedMethods.has(endpoint.method)
    ? own(path, endpoint.method.toLowerCase()) : own(own(path, "x-cleartap-methods"), endpoint.method);
  const seen = h("p", { class: "note" },
    "First seen ", time(endpoint.first_seen), ", last seen ", time(endpoint.last_seen),
    `. ${plural(endpoint.served, "exchange")} served, ${plural(endpoint.called, "exchange")} called.`);
  if (operation === undefined)
    return h("div", {}, seen, sensitiveBlock(endpoint.sensitive), note("The OpenAPI document does not have this operation yet."));
  const parameters = [].concat(own(path, "parameters") ?? [], own(operation, "parameters") ?? [])
    .map((each) => dereference(each, root).value);
  const responses = members(own(operation, "responses"))
    .flatMap(([status, response]) => responseParts(status, response, root));
  return h("div", {}, seen, sensitiveBlock(endpoint.sensitive),
    securityBlock(operation), ...parameterBlocks(parameters, root), requestBlock(operation, root),
    responses.length === 0 ? null : block("Responses", ...responses.filter(Boolean)));
}
