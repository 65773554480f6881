// A server by node's https.
const https = require("https");
const { readFileSync } = require("fs");

const piece = 10000;
const [port, chain, key] = process.argv.slice(2);

https.createServer({ cert: readFileSync(chain), key: readFileSync(key) }, (request, response) => {
  console.log(`${process.pid} ${request.socket.remotePort} ${request.url}`);
  request.resume();
  request.on("end", () => {
    const body = readFileSync(request.url);
    response.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": body.length });
    const many = request.url.endsWith("-many");
    if (many)
      for (let i = 0; i < body.length; i += piece) response.write(body.subarray(i, i + piece));
    response.end(many ? undefined : body);
  });
}).listen(port, "127.0.0.1");
