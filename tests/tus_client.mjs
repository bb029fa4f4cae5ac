// Sends a file by tus-js-client: `node tus_client.mjs <url> <token> <file>`; prints what it saw as JSON.
import { createReadStream, statSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [url, token, file] = process.argv.slice(2);
const require = createRequire(new URL("../frontend/package.json", import.meta.url));
const { Upload } = await import(pathToFileURL(require.resolve("tus-js-client")).href);
const offsets = [];
const upload = new Upload(createReadStream(file), {
  endpoint: url,
  uploadSize: statSync(file).size,
  chunkSize: 8 * 1024 * 1024,
  headers: { Authorization: `Bearer ${token}` },
  metadata: { filename: "by-javascript.stl" },
  retryDelays: [100, 100, 300, 300, 1000, 1000],
  onBeforeRequest: (request) => {
    if (request.getMethod() === "PATCH") offsets.push(Number(request.getHeader("Upload-Offset")));
  },
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess: ({ lastResponse }) => {
    const revision = lastResponse.getHeader("Holotable-Revision");
    console.log(JSON.stringify({ offsets, revision }));
    process.exit(0);
  },
});
upload.start();
