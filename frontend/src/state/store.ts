/** A value that can be read and watched; the whole of our state management, free of any framework. */

/** Something that has a value now and tells when it gets another one. */
export interface Readable<T> {
  get(): T;
  /** Calls `listener` at once with the value, then after each change. Returns the way to stop. */
  subscribe(listener: (value: T) => void): () => void;
}

/** A value in a box. Synchronous; listeners hear only of changes by `Object.is`. */
export class Store<T> implements Readable<T> {
  private value: T;
  private readonly listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.value = value;
  }

  get(): T {
    return this.value;
  }

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    // A copy: a listener may stop itself or others while it is told.
    for (const listener of [...this.listeners]) {
      // A listener changed the value again: the others were already told the newer one.
      if (!Object.is(this.value, value)) return;
      if (this.listeners.has(listener)) listener(value);
    }
  }

  update(change: (value: T) => T): void {
    this.set(change(this.value));
  }

  subscribe(listener: (value: T) => void): () => void {
    this.listeners.add(listener);
    listener(this.value);
    return () => {
      this.listeners.delete(listener);
    };
  }
}

/** A value computed from others, recomputed when one of them changes; lives as long as they do. */
export function derived<T>(sources: readonly Readable<unknown>[], compute: () => T): Readable<T> {
  const result = new Store(compute());
  for (const source of sources) source.subscribe(() => result.set(compute()));
  return result;
}
