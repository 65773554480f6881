// A server by node's http2.
const http2 = require("http2");
const { createReadStream, readFileSync } = require("fs");

const piece = 10000;
const [port, chain, key] = process.argv.slice(2);

const server = http2.createSecureServer({ cert: readFileSync(chain), key: readFileSync(key) });
server.on("stream", (stream, head) => {
  const path = head[":path"];
  console.log(`${process.pid} ${stream.session.socket.remotePort} ${path}`);
  stream.resume();
  stream.on("end", () => {
    const body = readFileSync(path);
    stream.respond({ ":status": 200, "content-type": "application/octet-stream", "content-length": body.length });
    if (path.endsWith("-many")) createReadStream(path, { highWaterMark: piece }).pipe(stream);
    else stream.end(body);
  });
});
server.listen(port, "127.0.0.1");
