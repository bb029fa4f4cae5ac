/** Sends a file and tells how far it is: XMLHttpRequest, since fetch reports no upload progress. */

import { ApiError, type Http, problemFrom, unreachable } from "./http";
import { apiWords } from "./words";

/** How far an upload is. */
export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** Posts a form; resolves with the answer's JSON, rejects with `ApiError` or, after `signal`, an AbortError. */
export function postForm<T>(
  http: Http,
  path: string,
  form: FormData,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", http.url(path));
    request.setRequestHeader("Accept", "application/json");
    if (http.csrf) request.setRequestHeader("X-CSRF-Token", http.csrf);
    request.upload.addEventListener("progress", (event) => {
      onProgress({ sentBytes: event.loaded, totalBytes: event.total });
    });
    request.addEventListener("load", () => {
      if (request.status < 200 || request.status >= 300) {
        reject(problemFrom(request.status, request.responseText));
        return;
      }
      try {
        const value: unknown = JSON.parse(request.responseText);
        // `as`: see Http.json.
        resolve(value as T);
      } catch (cause) {
        const error = new ApiError({
          status: request.status,
          title: apiWords().unreadable,
          detail: apiWords().unreadableUpload,
          code: "unreadable_answer",
        });
        error.cause = cause;
        reject(error);
      }
    });
    request.addEventListener("error", () => reject(unreachable()));
    request.addEventListener("abort", () => reject(new DOMException("Cancelled", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}
