/** Data of a page with its three states; a reload keeps what is shown until the new answer is there. */

import { ApiError } from "../api/http";
import { t } from "../state/messages";

export class Resource<T> {
  value = $state.raw<T | null>(null);
  error = $state.raw<ApiError | null>(null);
  loading = $state(true);
  /** Unix milliseconds of the value on screen. */
  loadedAt = $state(0);
  private readonly load: () => Promise<T>;
  private turn = 0;

  constructor(load: () => Promise<T>) {
    this.load = load;
    void this.reload();
  }

  /** Asks again. Never rejects: the outcome is in `value` or `error`. */
  async reload(): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    this.loading = true;
    try {
      const value = await this.load();
      if (turn !== this.turn) return;
      this.value = value;
      this.error = null;
      this.loadedAt = Date.now();
    } catch (error) {
      if (turn !== this.turn) return;
      this.error = toApiError(error);
    }
    this.loading = false;
  }

  /** Changes what is shown without asking. */
  set(value: T): void {
    this.value = value;
  }
}

/** Every failure as an `ApiError`, so that pages show one shape. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const wrapped = new ApiError({
    status: 0,
    title: t("problem.unexpected"),
    detail: error instanceof Error ? error.message : String(error),
    code: "unexpected",
  });
  wrapped.cause = error;
  return wrapped;
}
