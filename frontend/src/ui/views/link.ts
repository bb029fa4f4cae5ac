/**
 * Addresses that hold what is on the screen: `#v=` carries a viewpoint itself, deflated (RFC 1951) in base64url;
 * `#view=` names one that the server keeps.
 */

import { type Viewpoint, ViewpointRefused, readViewpoint } from "../../state/viewpoint";

/** Longer ones are kept by the server where it may: mail programs and chats cut long links. */
export const INLINE_CHARACTERS = 4096;
/** The address bar may be longer than a link that travels. */
export const ADDRESS_CHARACTERS = 16_384;
/** For those who may not keep views on the server; browsers take much more. */
export const LONGEST_CHARACTERS = 65_536;
/** 64 kB deflated could be 64 MB: nothing that we write is larger than this. */
const MOST_BYTES = 1024 * 1024;
/** Bytes of a stored block; it could be 65,535, but a call takes only so many arguments. */
const MOST_STORED = 32_768;

/** What a fragment holds. */
export type Fragment =
  | { readonly kind: "none" }
  | { readonly kind: "inline"; readonly text: string }
  | { readonly kind: "stored"; readonly id: string };

/** Why a link was not followed: a message `link.<reason>`. */
export type LinkReason = "broken" | "version" | "foreign" | "gone" | "forbidden" | "otherScene";

export class LinkProblem extends Error {
  override readonly name = "LinkProblem";
  readonly reason: LinkReason;

  constructor(reason: LinkReason) {
    super(reason);
    this.reason = reason;
  }
}

/** Reads the part of an address behind `#`. Fragments of others (`#row-7`) are none of ours. */
export function readFragment(hash: string): Fragment {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const [inline, stored] = [fields.get("v"), fields.get("view")];
  if (inline) return { kind: "inline", text: inline };
  return stored ? { kind: "stored", id: stored } : { kind: "none" };
}

/** A viewpoint as text for `#v=`; null where the browser cannot deflate. */
export async function encodeViewpoint(viewpoint: Viewpoint): Promise<string | null> {
  if (typeof CompressionStream === "undefined") return null;
  const bytes = new TextEncoder().encode(JSON.stringify(viewpoint));
  return toBase64(await through(bytes, new CompressionStream("deflate-raw"), Infinity));
}

/** The same at once and three times as long: for a page that is being left. Stored blocks, RFC 1951 §3.2.4. */
export function encodeAtOnce(viewpoint: Viewpoint): string {
  const bytes = new TextEncoder().encode(JSON.stringify(viewpoint));
  const blocks: number[] = [];
  for (let at = 0; at < bytes.length; at += MOST_STORED) {
    const block = bytes.subarray(at, at + MOST_STORED);
    const { length } = block;
    const last = at + length === bytes.length ? 1 : 0;
    blocks.push(last, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255, ...block);
  }
  return toBase64(Uint8Array.from(blocks));
}

/** The viewpoint that `encodeViewpoint` wrote. @throws LinkProblem broken or version */
export async function decodeViewpoint(text: string): Promise<Viewpoint> {
  if (text.length > LONGEST_CHARACTERS || !/^[A-Za-z0-9_-]+$/.test(text))
    throw new LinkProblem("broken");
  let value: unknown;
  try {
    const deflated = new DecompressionStream("deflate-raw");
    const bytes = await through(fromBase64(text), deflated, MOST_BYTES);
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const problem = new LinkProblem("broken");
    problem.cause = cause;
    throw problem;
  }
  return readAny(value);
}

/** A viewpoint from a server or a link. @throws LinkProblem */
export function readAny(value: unknown): Viewpoint {
  try {
    return readViewpoint(value);
  } catch (cause) {
    if (!(cause instanceof ViewpointRefused)) throw cause;
    const problem = new LinkProblem(cause.reason === "format" ? "version" : "broken");
    problem.cause = cause;
    throw problem;
  }
}

/** Sends bytes through a (de)compressor; gives up beyond `most` bytes. */
async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new RangeError("The text inflates to more than a viewpoint can be.");
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  // In pieces: a spread of 100,000 arguments overflows the stack.
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
