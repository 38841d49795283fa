// Runs Perfetto's trace processor, as its page in the browser has it, on a file of requests.
//
//   node trace_processor.js FOLDER REQUESTS REPLIES
//
// FOLDER has engine_bundle.js and trace_processor*.wasm. REQUESTS and REPLIES are streams of TraceProcessorRpc messages.
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const [folder, requests, replies] = process.argv.slice(2);
const out = fs.openSync(replies, "w");

// What a worker in a browser has around it.
globalThis.self = globalThis;
globalThis.WorkerGlobalScope = globalThis.constructor;
globalThis.importScripts = () => {};
globalThis.location = { href: "file:///engine_bundle.js" };
const file = (name) => fs.readFileSync(path.join(folder, path.basename(String(name))));
globalThis.XMLHttpRequest = class {
  open(method, name) {
    this.name = name;
  }
  send() {
    this.status = 200;
    this.response = new Uint8Array(file(this.name)).buffer;
  }
};
globalThis.fetch = async (name) => new Response(file(name), { headers: { "Content-Type": "application/wasm" } });
process.type = "renderer"; // Not the environment of node, which the bundle is not made for.

vm.runInThisContext(fs.readFileSync(path.join(folder, "engine_bundle.js"), "utf8"));
const port = { postMessage: (bytes) => fs.writeSync(out, bytes) };
self.onmessage({ data: port });

// The module is ready some turns later, and until then refuses requests.
const data = new Uint8Array(fs.readFileSync(requests));
let tries = 0;
const timer = setInterval(() => {
  tries += 1;
  try {
    port.onmessage({ data });
  } catch (error) {
    if (tries < 200) return;
    console.error(error);
    process.exitCode = 1;
  }
  clearInterval(timer);
  fs.closeSync(out);
}, 50);
