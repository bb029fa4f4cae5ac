/** Where choices outlast the page: the browser's storage, or memory where it is refused. */

/** What is used of a storage. */
export type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const inMemory = new Map<string, string>();

/**
 * The storage of that name. Browsers refuse it to frames on other sites, and to everybody who blocks cookies: even
 * looking at `localStorage` throws then. What is put into memory instead lasts as long as the page.
 */
export function shelf(name: "localStorage" | "sessionStorage"): Kept {
  try {
    return window[name];
  } catch {
    return {
      getItem: (key) => inMemory.get(`${name} ${key}`) ?? null,
      setItem: (key, value) => void inMemory.set(`${name} ${key}`, value),
      removeItem: (key) => void inMemory.delete(`${name} ${key}`),
    };
  }
}
