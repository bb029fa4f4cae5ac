/**
 * Whether what the page shows is what was signed. It checks its own copies: hashes, the log's chain, the signature.
 * That the page itself was not changed it cannot know: `holotable verify` does.
 */

import { type Bytes, fromBase64, sha256, textOf } from "./bytes";
import type { Packet } from "./contents";

export interface Finding {
  readonly file: string;
  readonly why: "damaged" | "different" | "unnamed" | "chain" | "signature" | "key";
  /** Of the log, from 1. */
  readonly line?: number;
}

export interface Verified {
  /** unchecked: the hashes are right, but this browser cannot check the signature. */
  readonly state: "valid" | "invalid" | "unchecked";
  readonly findings: readonly Finding[];
  readonly keyId: string;
  /** Files whose hashes are right. */
  readonly files: number;
}

const NOTHING_BEFORE = "0".repeat(64);

export async function verifyPacket(packet: Packet): Promise<Verified> {
  const findings: Finding[] = packet.damaged.map((file) => ({ file, why: "damaged" }));
  let files = 0;
  for (const [file, bytes] of packet.files) {
    const finding = await checkFile(packet, file, bytes);
    if (finding) findings.push(finding);
    else files++;
  }
  const broken = await brokenLine(packet);
  if (broken !== null) findings.push({ file: "log.jsonl", why: "chain", line: broken });
  const der = derOf(packet.publicKey);
  const keyId = der ? await sha256(der) : "";
  if (!der || keyId !== packet.manifest.key_id)
    findings.push({ file: "public_key.pem", why: "key" });
  const signed = der ? await signatureHolds(der, packet.signature, packet.manifestBytes) : false;
  if (signed === false) findings.push({ file: "signature", why: "signature" });
  const state = findings.length > 0 ? "invalid" : signed === null ? "unchecked" : "valid";
  return { state, findings, keyId, files };
}

/** One file against the manifest; also of a file that somebody chose from the disk. */
export async function checkFile(
  packet: Packet,
  file: string,
  bytes: Bytes,
): Promise<Finding | null> {
  const said = packet.manifest.files[file];
  if (!said) return { file, why: "unnamed" };
  return said.sha256 === (await sha256(bytes)) ? null : { file, why: "different" };
}

/** The first line of the log that does not follow; null when it holds. */
async function brokenLine({ files, manifest }: Packet): Promise<number | null> {
  const log = files.get("log.jsonl");
  if (!log) return null; // a file that is damaged is said already
  let previous = NOTHING_BEFORE;
  let start = 0;
  let number = 0;
  while (start < log.length) {
    const end = log.indexOf(10, start);
    number++;
    if (end < 0) return number;
    const line = log.slice(start, end);
    start = end + 1;
    try {
      const entry = JSON.parse(textOf(line)) as { number?: unknown; previous?: unknown };
      if (entry.number !== number || entry.previous !== previous) return number;
    } catch {
      return number;
    }
    previous = await sha256(line);
  }
  if (number !== manifest.log.lines) return number + 1;
  return previous === manifest.log.head || number === 0 ? null : number;
}

/** The DER in a PEM; null when it is none. */
function derOf(pem: Bytes): Bytes | null {
  const text = new TextDecoder().decode(pem);
  const found = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----\n$/.exec(
    text,
  );
  try {
    return found?.[1] === undefined ? null : fromBase64(found[1].replaceAll("\n", ""));
  } catch {
    return null;
  }
}

/** null: this browser knows no Ed25519 (Chromium does since 137, Firefox since 129, Safari since 17). */
async function signatureHolds(
  der: Bytes,
  signature: Bytes,
  content: Bytes,
): Promise<boolean | null> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("spki", der, { name: "Ed25519" }, false, ["verify"]);
  } catch (problem) {
    return problem instanceof DOMException && problem.name === "NotSupportedError" ? null : false;
  }
  return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, content);
}
