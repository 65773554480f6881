// JSON Schema as a tree that people can read. Schemas describe captured traffic: every name in them may be hostile.

import { h } from "./dom.js";
import { printable } from "./text.js";

const nodesMax = 1000; // of one tree
const depthMax = 20;
const depthOpen = 3; // deeper levels start closed
const referencesMax = 8; // followed in a row
const valuesMax = 12; // of an enumeration

const constraints = [
  ["minimum", "≥ "], ["maximum", "≤ "], ["exclusiveMinimum", "> "], ["exclusiveMaximum", "< "],
  ["multipleOf", "multiple of "], ["minLength", "length ≥ "], ["maxLength", "length ≤ "],
  ["minItems", "items ≥ "], ["maxItems", "items ≤ "],
];
const choices = { oneOf: "one of", anyOf: "any of", allOf: "all of" };

/** The member `key` that `value` itself has: names such as "constructor" find nothing inherited. */
export const own = (value, key) =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key) ? value[key] : undefined;

export const members = (value) => typeof value === "object" && value !== null ? Object.entries(value) : [];

const listOf = (value) => Array.isArray(value) ? value : [];

function pointed(root, reference) {
  if (typeof reference !== "string" || !reference.startsWith("#/"))
    return undefined;
  return reference.slice(2).split("/").reduce(
    (value, step) => own(value, step.replaceAll("~1", "/").replaceAll("~0", "~")), root);
}

/** What `value` says, or what it refers to in the document `root`; `references` are those that were followed. */
export function dereference(value, root) {
  const references = [];
  while (own(value, "$ref") !== undefined && references.length < referencesMax) {
    references.push(value.$ref);
    value = pointed(root, value.$ref);
  }
  return { value, references };
}

const typesOf = (schema) => [].concat(own(schema, "type") ?? []);

/** The schema inside any number of arrays. */
function innermost(schema, root) {
  const references = [];
  const arrays = []; // in words, outermost first
  for (;;) {
    const followed = dereference(schema, root);
    references.push(...followed.references);
    schema = followed.value;
    const items = own(schema, "items");
    if (typeof items !== "object" || items === null || arrays.length === depthMax)
      return { schema, arrays, references };
    arrays.push(typesOf(schema).includes("null") ? "array (or null) of " : "array of ");
    schema = items;
  }
}

function typeText(schema) {
  const types = typesOf(schema);
  if (types.length > 0)
    return types.map(printable).join(" or ");
  const choice = Object.keys(choices).find((each) => own(schema, each) !== undefined);
  if (choice)
    return choices[choice];
  if (own(schema, "const") !== undefined)
    return "constant";
  return own(schema, "properties") ? "object" : own(schema, "enum") ? "enumeration" : "any";
}

/** JSON.parse has rounded integers beyond 2^53: their last digits would be invented. */
const valueText = (value) => Number.isInteger(value) && !Number.isSafeInteger(value)
  ? `about ${value.toExponential(2)}` : printable(JSON.stringify(value));

function valuesText(values) {
  const shown = values.slice(0, valuesMax).map(valueText).join(", ");
  return values.length > valuesMax ? `${shown}, … (${values.length})` : shown;
}

function remarks(schema) {
  const out = constraints.filter(([key]) => own(schema, key) !== undefined)
    .map(([key, words]) => words + valueText(schema[key]));
  if (own(schema, "pattern") !== undefined)
    out.push("matches " + printable(schema.pattern));
  if (own(schema, "const") !== undefined)
    out.push("= " + valueText(schema.const));
  if (listOf(own(schema, "enum")).length > 0)
    out.push("in " + valuesText(schema.enum));
  if (own(schema, "uniqueItems") === true)
    out.push("unique");
  const redacted = own(schema, "x-cleartap-redacted");
  if (redacted !== undefined)
    out.push(["redacted", ...listOf(redacted).map(printable)].join(" "));
  if (own(schema, "x-cleartap-properties-left-out") !== undefined)
    out.push("more properties than are kept");
  if (own(schema, "x-cleartap-cut") !== undefined)
    out.push("deeper levels not known");
  if (listOf(own(schema, "examples")).length > 0)
    out.push("e.g. " + valuesText(schema.examples));
  return out.join(" · ");
}

const span = (name, text) => text ? h("span", { class: name }, text) : null;

/** One line: name, type, format, whether required, and what else is known of the values. */
function line({ name, required }, schema, arrays, recursive) {
  const parts = [
    name === null ? null : h("code", { class: "key" }, printable(name)),
    span("type", arrays.join("") + typeText(schema)),
    span("format", own(schema, "format") === undefined ? "" : printable(schema.format)),
    span("required", required ? "required" : ""),
    span("remark", recursive ? "the same again" : remarks(schema)),
    span("remark", printable(own(schema, "description") ?? "")),
  ];
  return h("span", { class: "line" }, ...parts.filter(Boolean).flatMap((part) => [part, " "]));
}

/** The named parts of a schema: properties, alternatives, values under any other name. */
function partsOf(schema) {
  const required = new Set(listOf(own(schema, "required")));
  const parts = members(own(schema, "properties"))
    .map(([name, part]) => ({ name, part, required: required.has(name) }));
  for (const [key, words] of Object.entries(choices))
    listOf(own(schema, key)).forEach((part, index) => parts.push({ name: `(${words}: ${index + 1})`, part }));
  const others = own(schema, "additionalProperties");
  if (typeof others === "object" && others !== null)
    parts.push({ name: "(any other name)", part: others });
  return parts;
}

function node(tree, label, part, depth, path) {
  if (++tree.nodes > nodesMax)
    return null;
  const { schema, arrays, references } = innermost(part, tree.root);
  const recursive = references.some((reference) => path.includes(reference));
  const head = line(label, schema, arrays, recursive);
  const parts = recursive || depth === depthMax ? [] : partsOf(schema);
  if (parts.length === 0)
    return h("li", {}, head);
  const children = parts.map((each) => node(tree, each, each.part, depth + 1, [...path, ...references]));
  return h("li", {}, h("details", { open: depth < depthOpen }, h("summary", {}, head), h("ul", {}, ...children)));
}

/** A tree of `fields`, each { name or null, required, part: schema }, of the document `root`. */
export function schemaTree(fields, root) {
  const tree = { root, nodes: 0 };
  const items = fields.map((field) => node(tree, field, field.part, 0, []));
  const rest = tree.nodes > nodesMax ? h("li", { class: "note" }, "The rest is in the OpenAPI document.") : null;
  return h("ul", { class: "schema" }, ...[...items, rest].filter(Boolean));
}
