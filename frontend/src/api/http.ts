/** Talks to our own REST interface: same origin, cookie, CSRF header, problems as errors. */

import type { Problem } from "./types";
import { apiWords } from "./words";

const PREFIX = "/api/v1";
/** Until the head of an answer; files may take longer to go up. */
const DEAD_MS = 20_000;

/** An answer that was not what was asked for, with the server's own words. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** Stable snake_case; `unreachable` when no answer came. */
  readonly code: string;
  readonly title: string;
  readonly remedy: string | null;
  /** JSON pointer to the first field that is wrong. */
  readonly pointer: string | null;
  /** What the error's kind names: of a conflict, what is there now. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    problem: Pick<Problem, "title" | "status" | "detail" | "code"> & {
      readonly remedy?: string;
      readonly errors?: Problem["errors"];
      readonly facts?: Readonly<Record<string, unknown>>;
    },
  ) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.remedy = problem.remedy ?? null;
    this.pointer = problem.errors?.[0]?.pointer ?? null;
    this.facts = problem.facts ?? {};
  }
}

/** Sends requests; knows the CSRF token of the person who is signed in. */
export class Http {
  private csrfToken: string | null = null;
  private bearer: string | null = null;
  /** Told when the server no longer knows us. */
  private readonly onSignedOut: () => void;
  private readonly network: typeof fetch;

  constructor(onSignedOut: () => void, network: typeof fetch = (...args) => fetch(...args)) {
    this.onSignedOut = onSignedOut;
    this.network = network;
  }

  /** The token for state-changing requests, from `me`; null when signed out. */
  useCsrfToken(token: string | null): void {
    this.csrfToken = token;
  }

  /** A token instead of the cookie: frames on other sites have none. */
  useBearer(token: string | null): void {
    this.bearer = token;
  }

  /** Headers that say who asks, for what is fetched beside `send`. */
  authorization(): Readonly<Record<string, string>> {
    return this.bearer === null ? {} : { Authorization: `Bearer ${this.bearer}` };
  }

  get csrf(): string | null {
    return this.csrfToken;
  }

  /** Address below the prefix, for what the browser fetches itself: pictures, downloads, events. */
  url(path: string, query: Readonly<Record<string, string | null>> = {}): string {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) if (value !== null) search.set(key, value);
    const text = search.toString();
    return `${PREFIX}${path}${text ? `?${text}` : ""}`;
  }

  /** `fetch` for the generated client; throws `ApiError` for every outcome but success. */
  readonly send = async (request: Request): Promise<Response> => {
    const headers = new Headers(request.headers);
    for (const [name, value] of Object.entries(this.authorization())) headers.set(name, value);
    if (request.method !== "GET" && this.csrfToken) headers.set("X-CSRF-Token", this.csrfToken);
    let response: Response;
    // On a line that went dead a request never ends, and a browser has six connections to a server: the seventh waits.
    const dead = new AbortController();
    const isFile = request.headers.get("Content-Type")?.startsWith("multipart/") ?? false;
    const timer = isFile ? undefined : setTimeout(() => dead.abort(), DEAD_MS);
    try {
      const signal = AbortSignal.any([request.signal, dead.signal]);
      response = await this.network(
        new Request(request, { headers, credentials: "same-origin", signal }),
      );
    } catch (cause) {
      if (request.signal.aborted) throw cause;
      throw unreachable(cause);
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return response;
    const error = problemFrom(response.status, await response.text());
    if (response.status === 401 && this.csrfToken !== null) this.onSignedOut();
    throw error;
  };
}

/** No answer at all. */
export function unreachable(cause?: unknown): ApiError {
  const error = new ApiError({
    title: apiWords().noConnection,
    status: 0,
    detail: apiWords().noAnswer,
    code: "unreachable",
    remedy: apiWords().checkNetwork,
  });
  error.cause = cause;
  return error;
}

/** Reads a problem document; an answer of another shape (a proxy's page) is named by its status. */
export function problemFrom(status: number, text: string): ApiError {
  try {
    const raw: unknown = JSON.parse(text);
    if (typeof raw === "object" && raw !== null && "code" in raw) {
      const fields = new Map<string, unknown>(Object.entries(raw));
      const read = (key: string): string | null => {
        const value = fields.get(key);
        return typeof value === "string" ? value : null;
      };
      return new ApiError({
        status,
        title: read("title") ?? apiWords().error(status),
        detail: read("detail") ?? read("title") ?? apiWords().answered(status),
        code: read("code") ?? `http_${status}`,
        remedy: read("remedy") ?? "",
        facts: asFields(fields.get("facts")),
      });
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new ApiError({
    status,
    title: apiWords().error(status),
    detail: apiWords().answered(status),
    code: `http_${status}`,
    remedy: status >= 500 ? apiWords().retrySoon : "",
  });
}

function asFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
