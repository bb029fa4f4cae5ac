import { describe, expect, it } from "vitest";
import { DamagedChunk } from "./gltf";
import type { FailedFile } from "./download";
import { DownloadQueue } from "./download_queue";

interface Request {
  readonly file: string;
  readonly signal: AbortSignal;
  readonly fresh: boolean;
  answer(bytes?: number): void;
  refuse(error: Error): void;
}

function harness(): {
  queue: DownloadQueue<number>;
  requests: Request[];
  arrived: number[];
  failures: FailedFile[];
} {
  const requests: Request[] = [];
  const arrived: number[] = [];
  const failures: FailedFile[] = [];
  const queue = new DownloadQueue<number>({
    fetch: (file, signal, fresh) =>
      new Promise((resolve, reject) => {
        const answer = (bytes = 8): void => resolve(new ArrayBuffer(bytes));
        requests.push({ file, signal, fresh, answer, refuse: reject });
        signal.addEventListener("abort", () => reject(new Error("aborted")));
      }),
    decode: (file) =>
      file.byteLength === 0
        ? Promise.reject(new DamagedChunk("empty"))
        : Promise.resolve(file.byteLength),
    arrived: (chunk) => arrived.push(chunk),
    failed: (failure) => failures.push(failure),
    wait: () => Promise.resolve(),
  });
  return { queue, requests, arrived, failures };
}

const wants = (...chunks: number[]) => chunks.map((chunk) => ({ chunk, file: `p0-${chunk}.glb` }));
const settle = () => new Promise((done) => setTimeout(done, 0));
const open = (requests: readonly Request[]) =>
  requests.filter(({ signal }) => !signal.aborted).map(({ file }) => file);

describe("the queue of downloads", () => {
  it("asks for three at a time, most wanted first", async () => {
    const { queue, requests, arrived } = harness();
    queue.want(wants(4, 2, 7, 1));
    expect(requests.map(({ file }) => file)).toEqual(["p0-4.glb", "p0-2.glb", "p0-7.glb"]);
    requests[1]?.answer();
    await settle();
    expect(arrived).toEqual([2]);
    expect(requests[3]?.file).toBe("p0-1.glb");
    expect(queue.idle).toBe(false);
    for (const request of requests) request.answer();
    await settle();
    expect(arrived.sort()).toEqual([1, 2, 4, 7]);
    expect(queue.idle).toBe(true);
  });

  it("ends what is wanted no longer and takes what is", async () => {
    const { queue, requests, arrived } = harness();
    queue.want(wants(1, 2, 3));
    queue.want(wants(9, 2));
    await settle();
    expect(open(requests)).toEqual(["p0-2.glb", "p0-9.glb"]);
    for (const request of requests) request.answer();
    await settle();
    expect(arrived.sort()).toEqual([2, 9]);
  });

  it("asks again for what the network lost, and then names it", async () => {
    const { queue, requests, failures } = harness();
    queue.want(wants(5));
    for (let i = 0; i < 4; i += 1) {
      requests[i]?.refuse(new Error("offline"));
      await settle();
    }
    expect(requests.length).toBe(4);
    expect(failures).toEqual([{ file: "p0-5.glb", code: "not_loaded", detail: "offline" }]);
    queue.want(wants(5));
    expect(requests.length).toBe(4);
    expect(queue.idle).toBe(true);
  });

  it("asks once more, past the browser's cache, for what is damaged", async () => {
    const { queue, requests, failures, arrived } = harness();
    queue.want(wants(5, 6));
    requests[0]?.answer(0);
    requests[1]?.answer(0);
    await settle();
    expect(requests.map(({ fresh }) => fresh)).toEqual([false, false, true, true]);
    requests[2]?.answer(0);
    requests[3]?.answer();
    await settle();
    expect(requests.length).toBe(4);
    expect(failures.map(({ file, code }) => [file, code])).toEqual([["p0-5.glb", "damaged_chunk"]]);
    expect(arrived).toEqual([6]);
  });

  it("does not knock again where the server says that we may not", async () => {
    const { queue, requests, failures } = harness();
    queue.want(wants(5));
    requests[0]?.refuse(Object.assign(new Error("403"), { status: 403 }));
    await settle();
    expect(requests.length).toBe(1);
    expect(failures.map(({ code }) => code)).toEqual(["no_access"]);
  });

  it("asks again for what could not be had when somebody says so", async () => {
    const { queue, requests, arrived } = harness();
    queue.want(wants(5));
    requests[0]?.refuse(Object.assign(new Error("404"), { status: 404 }));
    await settle();
    queue.retry();
    requests[1]?.answer();
    await settle();
    expect(arrived).toEqual([5]);
  });

  it("asks for nothing new while it rests, and goes on three at a time", async () => {
    const { queue, requests, arrived } = harness();
    queue.want(wants(1, 2, 3, 4, 5, 6, 7));
    queue.rest(true);
    for (const request of requests) request.answer();
    await settle();
    expect([arrived.length, requests.length, queue.idle]).toEqual([3, 3, false]);
    queue.rest(false);
    expect([requests.length, queue.idle]).toEqual([6, false]);
  });

  it("is silent once it is disposed of", async () => {
    const { queue, requests, arrived, failures } = harness();
    queue.want(wants(1, 2, 3, 4));
    queue.dispose();
    for (const request of requests) request.answer();
    await settle();
    expect([arrived, failures, requests.length]).toEqual([[], [], 3]);
  });
});
