import { expect, test, vi } from "vitest";
import { createApi } from "./api";
import { ApiError, Http, problemFrom } from "./http";

/** A network that answers with these, in order, and keeps what it was asked. */
function network(...answers: (Response | Error)[]) {
  const asked: Request[] = [];
  const fetcher: typeof fetch = (input) => {
    asked.push(input instanceof Request ? input : new Request(input));
    const answer = answers.shift();
    if (!answer || answer instanceof Error) return Promise.reject(answer ?? new TypeError("none"));
    return Promise.resolve(answer);
  };
  return { asked, fetcher };
}

const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });

const ME = { id: "1", kind: "user", name: "Mia", is_admin: true, csrf_token: "csrf" };

function apiOver(fetcher: typeof fetch, onSignedOut: () => void = () => undefined) {
  Object.assign(globalThis, { location: { origin: "http://localhost" } });
  return createApi(new Http(onSignedOut, fetcher));
}

test("state-changing requests carry the token of whoever signed in, reading ones do not", async () => {
  const { asked, fetcher } = network(
    json(ME),
    json({ items: [], next_cursor: null }),
    json({}, 201),
  );
  const api = apiOver(fetcher);
  await api.me();
  await api.projects();
  await api.createProject({ name: "Skid", description: "" });
  expect(asked.map((request) => request.headers.get("X-CSRF-Token"))).toEqual([null, null, "csrf"]);
});

test("every page of a list is fetched", async () => {
  const { asked, fetcher } = network(
    json({ items: [{ id: "1" }], next_cursor: "next" }),
    json({ items: [{ id: "2" }], next_cursor: null }),
  );
  const projects = await apiOver(fetcher).projects();
  expect(projects.map(({ id }) => id)).toEqual(["1", "2"]);
  expect(new URL(asked[1]?.url ?? "").searchParams.get("cursor")).toBe("next");
});

test("a problem document becomes an error in the server's words", async () => {
  const problem = {
    title: "Not found",
    detail: "No such page.",
    code: "not_found",
    remedy: "Ask an owner.",
  };
  const { fetcher } = network(json(problem, 404));
  await expect(apiOver(fetcher).project("x")).rejects.toMatchObject({
    status: 404,
    code: "not_found",
    message: "No such page.",
    remedy: "Ask an owner.",
  });
});

test("a proxy's page is named by its status", () => {
  const error = problemFrom(502, "<html>Bad gateway</html>");
  expect([error.status, error.code]).toEqual([502, "http_502"]);
});

test("no answer is an error of its own", async () => {
  const { fetcher } = network(new TypeError("Failed to fetch"));
  const failed = apiOver(fetcher).projects();
  await expect(failed).rejects.toBeInstanceOf(ApiError);
  await expect(failed).rejects.toMatchObject({ status: 0, code: "unreachable" });
});

test("only somebody who was signed in is told that this has ended", async () => {
  let told = 0;
  const refusal = (): Response =>
    json({ title: "", detail: "Sign in.", code: "unauthenticated", remedy: "" }, 401);
  const { fetcher } = network(refusal(), json(ME), refusal());
  const api = apiOver(fetcher, () => (told += 1));
  await expect(api.me()).rejects.toMatchObject({ status: 401 });
  expect(told).toBe(0);
  await api.me();
  await expect(api.projects()).rejects.toMatchObject({ status: 401 });
  expect(told).toBe(1);
});

/** A line that went dead: no answer, until the request is given up. */
const silence: typeof fetch = (input) =>
  new Promise((_, reject) => {
    const { signal } = input instanceof Request ? input : new Request(input);
    signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
  });

test("a request that nobody answers is given up as unreachable; a file may take its time", async () => {
  vi.useFakeTimers();
  try {
    const http = new Http(() => undefined, silence);
    const heard: string[] = [];
    const note = (what: string) => (error: unknown) => {
      heard.push(`${what} ${error instanceof ApiError ? error.code : String(error)}`);
    };
    const url = "http://localhost/api/v1/projects";
    http.send(new Request(url)).catch(note("list"));
    const fields = new FormData();
    fields.set("file", new Blob(["x"]), "x.png");
    http.send(new Request(url, { method: "POST", body: fields })).catch(note("file"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toEqual(["list unreachable"]);
  } finally {
    vi.useRealTimers();
  }
});
