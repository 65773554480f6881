// Lays out a JSON text in lines without parsing it into values, so that the digits of numbers and the order of names
// stay as served. Refuses to know elements. A text that is not JSON is still shown, only less neatly.

const indentMax = 40; // levels

const kindOf = (word) => /^[-0-9]/.test(word) ? "number" : "word";

/** Where the string ends that begins at `begin`. A search, because a pattern would need a stack for every escape. */
function stringEnd(text, begin) {
  for (let end = text.indexOf('"', begin + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === "\\")
      ++escapes;
    if (escapes % 2 === 0)
      return end + 1;
  }
  return text.length;
}

/** Yields the lines, each an array of [kind, text]; kind is "key", "string", "number", "word" or "mark". */
export function* jsonLines(text) {
  const token = /\s*(?:(")|([{[])|([}\]])|(,)|(:)|([^\s{}[\],:"]+)|(.))/suy;
  let line = [];
  let depth = 0;
  let opened = false; // nothing came yet inside the innermost bracket
  const broken = () => {
    const full = line;
    line = [["mark", "  ".repeat(Math.min(depth, indentMax))]];
    return full;
  };
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [, quote, opening, closing, comma, colon, word, other] = found;
    if (closing)
      depth = Math.max(0, depth - 1);
    if (opened ? !closing : closing)
      yield broken();
    opened = Boolean(opening);
    if (opening)
      ++depth;
    if (quote) {
      const begin = token.lastIndex - 1;
      token.lastIndex = stringEnd(text, begin);
      line.push(["string", text.slice(begin, token.lastIndex)]);
    } else if (colon) {
      if (line.length > 0)
        line.at(-1)[0] = "key";
      line.push(["mark", ": "]);
    } else
      line.push(word ? [kindOf(word), word] : ["mark", opening ?? closing ?? comma ?? other]);
    if (comma)
      yield broken();
  }
  yield line;
}

/** The whole text, laid out. */
export const laidOut = (text) =>
  Array.from(jsonLines(text), (line) => line.map(([, part]) => part).join("")).join("\n");
