// A server by node's https.
const https = require("https");
const { createReadStream, readFileSync } = require("fs");

const piece = 10000;
const [port, chain, key] = process.argv.slice(2);

const server = https.createServer({ cert: readFileSync(chain), key: readFileSync(key) }, (request, response) => {
  console.log(`${process.pid} ${request.socket.remotePort} ${request.url}`);
  request.resume();
  request.on("end", () => {
    const body = readFileSync(request.url);
    response.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": body.length });
    if (request.url.endsWith("-many")) createReadStream(request.url, { highWaterMark: piece }).pipe(response);
    else response.end(body);
  });
});
server.keepAliveTimeout = 0; // a connection may wait for cleartap
server.listen(port, "127.0.0.1");
