// How the pipeline's counts are summed and become text.

import { count } from "./text.js";

const units = ["B", "KB", "MB", "GB", "TB"];

const digits = (value) => value >= 10 || Number.isInteger(value) ? count(Math.round(value)) : value.toFixed(1);

function size(bytes) {
  let step = 0;
  for (; bytes >= 1000 && step + 1 < units.length; ++step) // "1.0 MB", not "1,000 KB"
    bytes /= 1024;
  return `${step === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[step]}`;
}

/** "83.1 MB", "12,408": the unit of all else stands beside it. */
export const quantity = (value, unit) => unit === "bytes" ? size(value) : digits(value);

/** "1.2 MB/s", "0.3/s" */
export const speed = (perSecond, unit) => `${quantity(perSecond, unit)}/s`;

/** "ring_full 12, paused 3"; empty if nothing was dropped. */
export const drops = (dropped, unit) =>
  Object.entries(dropped).map(([reason, lost]) => `${reason} ${quantity(lost, unit)}`).join(", ");

const sum = (values) => values.reduce((total, value) => total + value, 0);

export const dropped = (what) => sum(Object.values(what.dropped));

/** How many batches may be under way on an edge. */
export const creditOf = (edge) => edge.producers * edge.lanes * edge.credit_max;

/** The actors by stage, in the order of the server, each with its ledger's figures if it has one. */
export function stagesOf({ actors, stages }) {
  const key = ({ name, index }) => `${name} ${index}`;
  const ledgers = new Map(stages.map((ledger) => [key(ledger), ledger]));
  const all = new Map();
  for (const actor of actors) {
    const stage = all.get(actor.name) ?? { name: actor.name, unit: actor.unit, actors: [], ledgers: [] };
    all.set(actor.name, stage);
    stage.actors.push(actor);
    if (ledgers.has(key(actor)))
      stage.ledgers.push(ledgers.get(key(actor)));
  }
  for (const stage of all.values()) {
    stage.rate = sum(stage.actors.map((actor) => actor.rate));
    stage.mailbox = sum(stage.actors.map((actor) => actor.mailbox));
    stage.restarts = sum(stage.actors.map((actor) => actor.restarts));
    stage.dropped = sum(stage.ledgers.map(dropped));
    stage.losing = stage.ledgers.some((ledger) => ledger.dropped_rate > 0);
  }
  return all;
}
