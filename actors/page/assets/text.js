// How values become text for people.

const nameMax = 500; // characters shown of one name from captured traffic

const numbers = new Intl.NumberFormat("en");
const shortNumbers = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
// below so many seconds, this unit, of so many seconds
const steps = [[60, "s", 1], [3600, "m", 60], [86400, "h", 3600], [86400 * 60, "d", 86400]];

export const count = (value) => numbers.format(value);

/** Three digits or so, where the exact count is told elsewhere. */
export const shortCount = (value) => shortNumbers.format(value);

export const plural = (value, noun, nouns = `${noun}s`) => `${count(value)} ${value === 1 ? noun : nouns}`;

/**
 * Replaces control and format characters by escapes that are also valid in JSON strings. Without this, a captured name
 * could reverse the text around it, or look like another name.
 */
export function visible(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => character.split("").map((unit) =>
    "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0")).join(""));
}

/** A name from captured traffic, harmless to show. */
export function printable(name) {
  const text = String(name);
  return visible(text.length > nameMax ? text.slice(0, nameMax) + "…" : text);
}

/** The name of the file in which the document of an API is kept. */
export const fileName = (authority) => `${authority.replace(/[^\w.-]+/g, "_").slice(0, 100) || "api"}.openapi.json`;

export const clock = (date) => date.toLocaleTimeString("en-GB");

function relative(iso, now) {
  const seconds = Math.round((now - Date.parse(iso)) / 1000);
  if (Number.isNaN(seconds))
    return "unknown";
  if (seconds < 5)
    return "just now";
  for (const [below, unit, size] of steps)
    if (seconds < below)
      return `${Math.floor(seconds / size)}${unit} ago`;
  return iso.slice(0, 10);
}

/** Shows the RFC 3339 time `iso` relative to now, the exact time as its title. */
export function setTime(element, iso) {
  element.dateTime = iso;
  element.title = iso.replace("T", " ").replace("Z", " UTC");
  element.textContent = relative(iso, Date.now());
}

export function time(iso) {
  const element = document.createElement("time");
  setTime(element, iso);
  return element;
}

/** Lets every relative time on the page go on. */
export function refreshTimes() {
  const now = Date.now();
  for (const element of document.querySelectorAll("time")) {
    const text = relative(element.dateTime, now);
    if (element.textContent !== text)
      element.textContent = text;
  }
}
