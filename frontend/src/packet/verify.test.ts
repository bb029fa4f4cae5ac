import { afterEach, describe, expect, test, vi } from "vitest";
import { type Carried, documentOf, logOf, readPacket } from "./contents";
import { chained, madePacket } from "./packet.test-data";
import { checkFile, verifyPacket } from "./verify";

const check = async (block: Carried) => verifyPacket(await readPacket(JSON.stringify(block)));
const said = (findings: readonly { file: string; why: string; line?: number }[]) =>
  findings.map(({ file, why, line }) => [file, why, line].filter((one) => one !== undefined));

afterEach(() => vi.restoreAllMocks());

describe("a packet in its page", () => {
  test("is valid as it was signed, and its log is read", async () => {
    const { block } = await madePacket();
    const verified = await check(block);
    expect(verified.state).toBe("valid");
    expect(verified.findings).toEqual([]);
    expect(verified.files).toBe(2);
    const packet = await readPacket(JSON.stringify(block));
    expect(logOf(packet).map(({ kind }) => kind)).toEqual(["requested", "verdict"]);
    expect(documentOf(packet, "decisions.json")).toEqual({});
    expect(documentOf(packet, "compare.json")).toBeNull();
  });

  test("names a file that was changed, one that nobody signed, and one that is damaged", async () => {
    const { withFile } = await madePacket();
    expect(
      said((await check(await withFile("decisions.json", '{"state":"approved"}'))).findings),
    ).toEqual([["decisions.json", "different"]]);
    expect(said((await check(await withFile("extra.json", "{}"))).findings)).toEqual([
      ["extra.json", "unnamed"],
    ]);
    const { block } = await madePacket();
    const files = { ...block.files, "decisions.json": "AAAA" };
    expect(said((await check({ ...block, files })).findings)).toEqual([
      ["decisions.json", "damaged"],
    ]);
  });

  test("names the line at which a log breaks, also one whose chain was made anew", async () => {
    const { withFile } = await madePacket();
    const forged = await chained([{ kind: "requested" }, { kind: "approved" }]);
    expect(said((await check(await withFile("log.jsonl", forged.log))).findings)).toEqual([
      ["log.jsonl", "different"],
      ["log.jsonl", "chain", 2],
    ]);
    const cut = forged.log.split("\n")[0] ?? "";
    expect(said((await check(await withFile("log.jsonl", `${cut}\n`))).findings)).toContainEqual([
      "log.jsonl",
      "chain",
      2,
    ]);
    expect(said((await check(await withFile("log.jsonl", cut))).findings)).toContainEqual([
      "log.jsonl",
      "chain",
      1,
    ]);
  });

  test("is not valid with another manifest, signature or key", async () => {
    const { block } = await madePacket();
    const other = (await madePacket()).block;
    expect(said((await check({ ...block, signature: other.signature })).findings)).toEqual([
      ["signature", "signature"],
    ]);
    expect(said((await check({ ...block, public_key: other.public_key })).findings)).toEqual([
      ["public_key.pem", "key"],
      ["signature", "signature"],
    ]);
    expect((await check({ ...block, public_key: "AAAA" })).state).toBe("invalid");
    await expect(readPacket("{}")).rejects.toThrow();
  });

  test("says that a signature was not checked where a browser knows no Ed25519", async () => {
    const { block } = await madePacket();
    vi.spyOn(crypto.subtle, "importKey").mockRejectedValue(
      new DOMException("no", "NotSupportedError"),
    );
    expect((await check(block)).state).toBe("unchecked");
  });

  test("takes a file from the disk only when it is the one that was signed", async () => {
    const { block } = await madePacket({ "model.glb": "glTF" });
    const packet = await readPacket(JSON.stringify(block));
    const bytes = new TextEncoder().encode("glTF");
    expect(await checkFile(packet, "model.glb", bytes)).toBeNull();
    expect(await checkFile(packet, "model.glb", bytes.slice(1))).toEqual({
      file: "model.glb",
      why: "different",
    });
  });
});
