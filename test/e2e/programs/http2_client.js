// A client by node's http2: a session for each connection. What is between two waits is asked at once, each in a stream
// of its own.
const http2 = require("http2");
const { once } = require("events");
const { readFileSync } = require("fs");
const { readFile } = require("fs").promises;

const piece = 10000;
const [port, ca, order, ...connections] = process.argv.slice(2);
const trusted = readFileSync(ca);

function ask(session, method, path, file, way) {
  const body = file ? readFileSync(file) : Buffer.alloc(0);
  const headers = file ? { "content-type": "application/octet-stream", "content-length": body.length } : {};
  return new Promise((done, failed) => {
    const request = session.request({ ":method": method, ":path": path, ...headers }, { endStream: !file });
    let status = 0, size = 0;
    request.on("response", (head) => { status = head[":status"]; });
    request.on("data", (part) => { size += part.length; });
    request.on("end", () => {
      console.log(`${session.socket.localPort} ${path} ${status} ${size}`);
      done();
    });
    request.on("error", failed);
    if (!file) return;
    if (way === "many")
      for (let i = 0; i < body.length; i += piece) request.write(body.subarray(i, i + piece));
    request.end(way === "many" ? undefined : body);
  });
}

async function take(steps) {
  const session = http2.connect(`https://localhost:${port}`, { ca: trusted });
  await once(session, "remoteSettings"); // how many streams the server takes at once
  let asked = [];
  for (const step of steps.split(";")) {
    const [verb, ...rest] = step.split(" ");
    if (verb === "wait") {
      await Promise.all(asked);
      await readFile(rest[0]);
      asked = [];
    } else asked.push(ask(session, verb, ...rest));
  }
  await Promise.all(asked);
  session.close();
}

async function main() {
  if (order === "in-turn") for (const steps of connections) await take(steps);
  else await Promise.all(connections.map(take));
}
main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
