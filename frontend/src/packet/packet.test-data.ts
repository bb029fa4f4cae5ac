/** A signed packet as the server puts it into the page, made here for tests. */

import type { Bytes } from "./bytes";
import { sha256 } from "./bytes";
import type { Carried } from "./contents";

const bytesOf = (text: string): Bytes => new TextEncoder().encode(text);
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

async function packed(content: string): Promise<string> {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream("gzip"));
  return base64(new Uint8Array(await new Response(stream).arrayBuffer()));
}

/** Lines that hold each other. */
export async function chained(
  entries: readonly object[],
): Promise<{ log: string; head: string; lines: number }> {
  let head = "0".repeat(64);
  let log = "";
  for (const [at, entry] of entries.entries()) {
    const line = JSON.stringify({ ...entry, number: at + 1, previous: head });
    head = await sha256(bytesOf(line));
    log += `${line}\n`;
  }
  return { log, head, lines: entries.length };
}

export interface Made {
  readonly block: Carried;
  /** The same with other files, the manifest untouched. */
  readonly withFile: (name: string, content: string) => Promise<Carried>;
}

export async function madePacket(extra: Readonly<Record<string, string>> = {}): Promise<Made> {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("no pair of keys");
  const der = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const pem = `-----BEGIN PUBLIC KEY-----\n${base64(der)}\n-----END PUBLIC KEY-----\n`;
  const { log, head, lines } = await chained([{ kind: "requested" }, { kind: "verdict" }]);
  const files: Record<string, string> = { "decisions.json": "{}", "log.jsonl": log, ...extra };
  const named: Record<string, object> = {};
  for (const [name, content] of Object.entries(files))
    named[name] = { sha256: await sha256(bytesOf(content)), bytes: content.length };
  const manifest = bytesOf(
    JSON.stringify({ key_id: await sha256(der), log: { head, lines }, files: named }),
  );
  const signature = await crypto.subtle.sign({ name: "Ed25519" }, pair.privateKey, manifest);
  const carried: Record<string, string> = {};
  for (const [name, content] of Object.entries(files)) carried[name] = await packed(content);
  const block: Carried = {
    manifest: base64(manifest),
    signature: base64(new Uint8Array(signature)),
    public_key: base64(bytesOf(pem)),
    files: carried,
  };
  const withFile = async (name: string, content: string): Promise<Carried> => ({
    ...block,
    files: { ...carried, [name]: await packed(content) },
  });
  return { block, withFile };
}
