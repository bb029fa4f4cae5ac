/** Short notices at the bottom left: at most three, paused while the pointer rests on them. */

import { Store } from "../state/store";

/** One notice. */
export interface Toast {
  readonly id: number;
  readonly kind: "plain" | "ok" | "error";
  readonly text: string;
  readonly action: { readonly label: string; run(): void } | null;
}

const LIMIT = 3;
const PLAIN_MS = 6000;

export class Toasts {
  readonly all = new Store<readonly Toast[]>([]);
  private last = 0;
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(
    text: string,
    options: { kind?: Toast["kind"]; action?: { label: string; run(): void } } = {},
  ): number {
    this.last += 1;
    const toast: Toast = {
      id: this.last,
      kind: options.kind ?? "plain",
      text,
      action: options.action ?? null,
    };
    // The same words twice are one notice.
    this.all.update((all) => [...all.filter((old) => old.text !== text), toast].slice(-LIMIT));
    // An error stays until it is dismissed: it may be the only thing that says so at this moment.
    if (toast.kind !== "error") this.start(toast.id);
    return toast.id;
  }

  dismiss(id: number): void {
    this.stop(id);
    this.all.update((all) => all.filter((toast) => toast.id !== id));
  }

  /** Keeps a notice as long as the pointer or the focus rests on it. */
  stop(id: number): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
  }

  start(id: number): void {
    this.stop(id);
    this.timers.set(
      id,
      setTimeout(() => this.dismiss(id), PLAIN_MS),
    );
  }
}
