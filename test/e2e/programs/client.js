// A client by node's https: an agent for each connection.
const https = require("https");
const { readFileSync } = require("fs");
const { readFile } = require("fs").promises;

const piece = 10000;
const [port, ca, order, ...connections] = process.argv.slice(2);
const trusted = readFileSync(ca);

function ask(agent, method, path, file, way) {
  const body = file ? readFileSync(file) : Buffer.alloc(0);
  const headers = file ? { "Content-Type": "application/octet-stream", "Content-Length": body.length } : {};
  return new Promise((done, failed) => {
    const request = https.request({ port, method, path, headers, agent }, (answer) => {
      const ownPort = answer.socket.localPort;
      let size = 0;
      answer.on("data", (part) => { size += part.length; });
      answer.on("end", () => {
        console.log(`${ownPort} ${path} ${answer.statusCode} ${size}`);
        done();
      });
    });
    request.on("error", failed);
    if (way === "many")
      for (let i = 0; i < body.length; i += piece) request.write(body.subarray(i, i + piece));
    request.end(way === "many" ? undefined : body);
  });
}

async function take(steps) {
  const agent = new https.Agent({ ca: trusted, keepAlive: true, maxSockets: 1 });
  for (const step of steps.split(";")) {
    const [verb, ...rest] = step.split(" ");
    if (verb === "wait") await readFile(rest[0]);
    else await ask(agent, verb, ...rest);
  }
  agent.destroy();
}

async function main() {
  if (order === "in-turn") for (const steps of connections) await take(steps);
  else await Promise.all(connections.map(take));
}
main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
