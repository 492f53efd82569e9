import { join } from "node:path";
import { findCatalogFaults } from "./catalog.ts";

const faults = findCatalogFaults(join(import.meta.dirname, ".."));
for (const fault of faults) console.error(`✖ ${fault}`);
if (faults.length > 0) process.exit(1);
console.log("✔ The Catalog can publish this version.");
