/** Talks to our own REST interface: same origin, cookie, CSRF header, problems as errors. */

import type { Problem } from "./types";

const PREFIX = "/api/v1";

/** An answer that was not what was asked for, with the server's own words. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** Stable snake_case; `unreachable` when no answer came. */
  readonly code: string;
  readonly title: string;
  readonly remedy: string | null;

  constructor(problem: Problem) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.remedy = problem.remedy ?? null;
  }
}

/** What a request may carry. */
export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  /** Sent as JSON, or as it is when it is a form. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Sends requests; knows the CSRF token of the person who is signed in. */
export class Http {
  private csrfToken: string | null = null;
  /** Told when the server no longer knows us. */
  private readonly onSignedOut: () => void;
  private readonly fetch: typeof fetch;

  constructor(onSignedOut: () => void, fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.onSignedOut = onSignedOut;
    this.fetch = fetcher;
  }

  /** The token for state-changing requests, from `me`; null when signed out. */
  useCsrfToken(token: string | null): void {
    this.csrfToken = token;
  }

  get csrf(): string | null {
    return this.csrfToken;
  }

  /** Address below the prefix. */
  url(path: string, query: RequestOptions["query"] = {}): string {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query))
      if (value !== null && value !== undefined) search.set(key, String(value));
    const text = search.toString();
    return `${PREFIX}${path}${text ? `?${text}` : ""}`;
  }

  /** The answer itself; throws `ApiError` for every other outcome. */
  async send(method: Method, path: string, options: RequestOptions = {}): Promise<Response> {
    const headers = new Headers({ Accept: "application/json" });
    let body: BodyInit | null = null;
    if (options.body instanceof FormData) body = options.body;
    else if (options.body !== undefined) {
      headers.set("Content-Type", "application/json");
      body = JSON.stringify(options.body);
    }
    if (method !== "GET" && this.csrfToken) headers.set("X-CSRF-Token", this.csrfToken);
    let response: Response;
    try {
      response = await this.fetch(this.url(path, options.query), {
        method,
        headers,
        body,
        credentials: "same-origin",
        ...(options.signal ? { signal: options.signal } : {}),
      });
    } catch (cause) {
      if (options.signal?.aborted) throw cause;
      throw unreachable(cause);
    }
    if (response.ok) return response;
    const error = await problemOf(response);
    if (response.status === 401 && this.csrfToken !== null) this.onSignedOut();
    throw error;
  }

  /** The answer's JSON. The caller names its type: the server's schema is the other half of it. */
  async json<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
    const response = await this.send(method, path, options);
    const value: unknown = await response.json();
    // `as`: the wire is described by the generated schema, not checked again at run time.
    return value as T;
  }
}

/** No answer at all. */
export function unreachable(cause?: unknown): ApiError {
  const error = new ApiError({
    title: "No connection",
    status: 0,
    detail: "The server did not answer.",
    code: "unreachable",
    remedy: "Check the network, then retry.",
  });
  error.cause = cause;
  return error;
}

/** Reads a problem document; an answer of another shape (a proxy's page) is named by its status. */
export async function problemOf(response: Response): Promise<ApiError> {
  return problemFrom(response.status, await response.text());
}

/** The same for an answer that was read already. */
export function problemFrom(status: number, text: string): ApiError {
  try {
    const raw: unknown = JSON.parse(text);
    if (typeof raw === "object" && raw !== null && "code" in raw) {
      const fields = new Map(Object.entries(raw));
      const read = (key: string): string | null => {
        const value: unknown = fields.get(key);
        return typeof value === "string" ? value : null;
      };
      return new ApiError({
        status,
        title: read("title") ?? `Error ${status}`,
        detail: read("detail") ?? read("title") ?? `The server answered ${status}.`,
        code: read("code") ?? `http_${status}`,
        remedy: read("remedy"),
      });
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new ApiError({
    status,
    title: `Error ${status}`,
    detail: `The server answered ${status}.`,
    code: `http_${status}`,
    remedy: status >= 500 ? "Retry in a moment. If it stays, ask whoever runs the server." : null,
  });
}
