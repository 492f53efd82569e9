// Loaded before the bundle: writes down every path that the program hands to node:fs, and what for.
"use strict";
const fs = require("node:fs");

const { writeFileSync } = fs;
const calls = [];

for (const module of [fs, fs.promises]) {
  for (const [name, original] of Object.entries(module)) {
    // Constructors and constants take no path.
    if (typeof original !== "function" || !/^[a-z]/.test(name)) continue;
    module[name] = function (...given) {
      if (typeof given[0] !== "number") calls.push({ name, path: String(given[0]), flags: given[1] });
      return original.apply(this, given);
    };
    Object.assign(module[name], original);
  }
}

process.once("exit", () => writeFileSync(process.env.RECORD_FILES_IN, JSON.stringify(calls)));
