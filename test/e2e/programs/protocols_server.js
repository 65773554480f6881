// A server by node with HTTP/1.1 and HTTP/2 on one port, for what rides on HTTP. Not of the matrix. Paths begin with
//   /echo      the request's body, or its path if it has none; also in the header x-path
//   /status/N  that status, and the path
//   /trailers  the path, with trailers
//   /early     103 before the path
//   /coded/A+B JSON with the path, coded by A and then B: br, gzip, deflate, raw (deflate without its frame), zstd
//   /events    one event, and no end
//   /endless   bytes without an end
//   /graphql   {"data":null}
// Where the package ws is, all of them speak WebSocket too: what comes is sent back.
const http2 = require("http2");
const zlib = require("zlib");
const { execFileSync } = require("child_process");
const { readFileSync } = require("fs");

const [port, chain, key] = process.argv.slice(2);
const coders = {
  br: zlib.brotliCompressSync,
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  raw: zlib.deflateRawSync,
  zstd: (plain) => execFileSync("zstd", ["-c", "-q"], { input: plain }),
};

function answerCoded(path, response) {
  const codings = path.split("/")[2].split("+");
  const plain = Buffer.from(JSON.stringify({ path, filler: "word ".repeat(1000) }));
  const coded = codings.reduce((body, each) => coders[each](body), plain);
  response.setHeader("content-type", "application/json");
  response.setHeader("content-encoding", codings.join(", ").replace("raw", "deflate"));
  response.setHeader("x-coded-size", coded.length);
  response.end(coded);
}

function answerWithoutEnd(response) {
  response.write("x".repeat(1000), () => { if (!response.destroyed && !response.stream?.destroyed) setImmediate(answerWithoutEnd, response); });
}

function answer(path, body, response) {
  response.setHeader("x-path", path);
  if (path.startsWith("/coded/")) return answerCoded(path, response);
  if (path.startsWith("/status/")) response.statusCode = Number(path.split("/")[2]);
  if (path.startsWith("/graphql")) {
    response.setHeader("content-type", "application/json");
    return response.end('{"data":null}');
  }
  if (path.startsWith("/events")) {
    response.setHeader("content-type", "text/event-stream");
    return response.write("data: one\n\n");
  }
  if (path.startsWith("/endless")) return answerWithoutEnd(response);
  if (path.startsWith("/early")) response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
  if (path.startsWith("/trailers")) {
    response.write(path);
    response.addTrailers({ "x-sum": "of " + path });
    return response.end();
  }
  response.end(body.length ? body : path);
}

const server = http2.createSecureServer(
  { cert: readFileSync(chain), key: readFileSync(key), allowHTTP1: true, maxHeaderListPairs: 1000 },
  (request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => answer(request.url, Buffer.concat(parts), response));
    request.on("error", () => {});
    response.on("error", () => {});
  },
);
server.on("sessionError", () => {});
try {
  const { WebSocketServer } = require("/usr/share/nodejs/ws");
  new WebSocketServer({ server }).on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
} catch {}
server.listen(port, "127.0.0.1");
