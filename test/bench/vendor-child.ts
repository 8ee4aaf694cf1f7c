import { createServer } from "node:http";
import { listenOnLoopback } from "../support/listen.ts";

/** A vendor in a process of its own that costs little: answers each order after so many milliseconds. Prints its address. */

const answerMs = Number(process.argv[2]);
const ANSWER = JSON.stringify({ text: "printed", cost: 700 });

const server = createServer((request, response) => {
  request.resume();
  setTimeout(() => {
    response.writeHead(200, { "content-type": "application/json", "content-length": ANSWER.length });
    response.end(ANSWER);
  }, answerMs);
});
server.keepAliveTimeout = 60_000;
process.stdout.write(`${await listenOnLoopback(server)}\n`);
