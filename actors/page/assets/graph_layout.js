// Where the stages and the edges of the pipeline are drawn. Refuses to know what flows.

export const width = 1280;
export const card = { width: 132, height: 92 };

const gap = 90; // between two columns
const margin = 20;
const rowHeight = 150;
const small = { width: 132, height: 46 };

// [column, row] of every stage of the flow; row 2 is the reconstructor's
const places = new Map([
  ["probes", [0, 0]], ["ring", [1, 0]], ["streams", [2, 0]], ["redaction", [3, 0]], ["enrichment", [4, 0]],
  ["uplink", [5, 0]], ["rescan", [0, 1]], ["feed", [5, 1]],
  ["listener", [2, 2]], ["intake", [3, 2]], ["inventory", [4, 2]], ["store", [5, 2]],
]);

/** What goes from one stage to another on a way that is no edge: not counted there. */
export const links = [
  { from: "rescan", to: "probes", name: "libraries" },
  { from: "probes", to: "ring", name: "kernel" },
  { from: "uplink", to: "intake", name: "link" },
  { from: "listener", to: "intake", name: "sessions" },
  { from: "inventory", to: "store", name: "commits" },
];

const columnX = (column) => margin + column * (card.width + gap);
const isSniffer = (name) => places.get(name)?.[1] < 2;

/** Boxes by stage name, and the bands around them, for the stages that this process has. */
export function layout(names) {
  const inFlow = names.filter((name) => places.has(name));
  const others = names.filter((name) => !places.has(name));
  const sniffer = inFlow.some(isSniffer);
  const first = names.includes("listener") ? 2 : 3; // column of the reconstructor's band
  const top = sniffer ? 34 + 2 * rowHeight + 22 : 34; // of the lower row
  const boxes = new Map();
  for (const name of inFlow) {
    const [column, row] = places.get(name);
    boxes.set(name, { x: columnX(column), y: row === 2 ? top : 34 + row * rowHeight, ...card });
  }
  others.forEach((name, index) => boxes.set(name, {
    x: columnX(index % first) - (index % first) * 74, y: top + Math.floor(index / first) * (small.height + 10),
    ...small }));
  const bands = [];
  if (sniffer)
    bands.push({ title: "Sniffer", x: 4, y: 6, width: width - 8, height: 2 * rowHeight - 14 });
  const lower = card.height + 46 + Math.max(0, Math.ceil(others.length / first) - 2) * (small.height + 10);
  if (inFlow.some((name) => !isSniffer(name)))
    bands.push({ title: "Reconstructor", x: columnX(first) - 16, y: top - 28, width: width - columnX(first) + 12, height: lower });
  if (others.length > 0)
    bands.push({ title: "Services", x: 4, y: top - 28, width: columnX(first) - 36, height: lower });
  return { boxes, bands, height: top - 28 + (bands.length > (sniffer ? 1 : 0) ? lower : 0) + 6 };
}

const middle = (box) => box.y + box.height / 2;
const centre = (box) => box.x + box.width / 2;

/** A line through `points` with rounded corners. */
function rounded(points, radius = 10) {
  let path = `M${points[0][0]} ${points[0][1]}`;
  for (let i = 1; i + 1 < points.length; ++i) {
    const toward = ([x, y]) => {
      const [cx, cy] = points[i];
      const length = Math.hypot(x - cx, y - cy);
      const part = Math.min(radius, length / 2) / length;
      return [cx + (x - cx) * part, cy + (y - cy) * part];
    };
    const [before, after] = [toward(points[i - 1]), toward(points[i + 1])];
    path += ` L${before[0]} ${before[1]} Q${points[i][0]} ${points[i][1]} ${after[0]} ${after[1]}`;
  }
  const [x, y] = points.at(-1);
  return `${path} L${x} ${y}`;
}

const tip = 7; // length of an arrow's tip, between the line's end and the box

/** The tip of an arrow behind the last of `points`. */
function arrow(points) {
  const [[fromX, fromY], [x, y]] = points.slice(-2);
  const [dx, dy] = [Math.sign(x - fromX), Math.sign(y - fromY)];
  return `M${x + dx * tip} ${y + dy * tip} L${x - dy * 4} ${y + dx * 4} L${x + dy * 4} ${y - dx * 4} Z`;
}

const ways = new Map([
  ["ring rescan", (a, b) => {
    const y = middle(b);
    return { points: [[centre(a) - 24, a.y + a.height], [centre(a) - 24, y], [b.x + b.width + tip, y]],
      label: [(b.x + b.width + centre(a) - 24) / 2 + 2, y] };
  }],
  ["ring enrichment", (a, b) => {
    const y = a.y + a.height + (rowHeight - a.height) + 22;
    return { points: [[centre(a) + 24, a.y + a.height], [centre(a) + 24, y], [centre(b) - 24, y],
      [centre(b) - 24, b.y + b.height + tip]], label: [(centre(a) + centre(b)) / 2, y] };
  }],
  ["enrichment feed", (a, b) => {
    const y = middle(b);
    return { points: [[centre(a) + 24, a.y + a.height], [centre(a) + 24, y], [b.x - tip, y]],
      label: [(centre(a) + 24 + b.x) / 2 + 2, y] };
  }],
  ["rescan probes", (a, b) => ({ points: [[centre(a), a.y], [centre(a), b.y + b.height + tip]],
    label: [centre(a) + 34, (a.y + b.y + b.height) / 2 + 8] })],
  ["uplink intake", (a, b) => {
    const right = a.x + a.width + 13;
    const x = b.x + b.width - 12; // beside the band's title
    const y = b.y - 40;
    return { points: [[a.x + a.width, middle(a)], [right, middle(a)], [right, y], [x, y], [x, b.y - tip]],
      label: [(right + x) / 2, y + 1] };
  }],
]);

function neighbours(a, b, from, to) {
  const [[columnA, rowA], [columnB, rowB]] = [places.get(from), places.get(to)];
  if (rowA !== rowB || columnB - columnA !== 1)
    return null;
  const y = middle(a);
  return { points: [[a.x + a.width, y], [b.x - tip, y]], label: [(a.x + a.width + b.x) / 2 - 2, y] };
}

/** The line and the arrow's tip of an edge as paths, and the middle of its label; nothing if it cannot be drawn. */
export function route(boxes, from, to) {
  const [a, b] = [boxes.get(from), boxes.get(to)];
  if (!a || !b || !places.has(from) || !places.has(to))
    return null;
  const way = ways.get(`${from} ${to}`)?.(a, b) ?? neighbours(a, b, from, to);
  return way && { path: rounded(way.points), tip: arrow(way.points), label: way.label };
}
