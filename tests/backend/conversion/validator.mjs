/** Khronos' gltf-validator on the files named: JSON {file: {errors, warnings, messages}}. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(new URL("../../../frontend/package.json", import.meta.url));
const validator = require("gltf-validator");

const reports = {};
for (const file of process.argv.slice(2)) {
  const report = await validator.validateBytes(new Uint8Array(readFileSync(file)), {
    maxIssues: 20,
  });
  reports[file] = {
    errors: report.issues.numErrors,
    warnings: report.issues.numWarnings,
    messages: report.issues.messages.filter(({ severity }) => severity < 2),
  };
}
process.stdout.write(JSON.stringify(reports));
