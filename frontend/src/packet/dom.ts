/** Elements in one call. Texts are texts: nothing a packet holds becomes markup. */

type Child = Node | string | null | false;

export interface Wanted {
  readonly class?: string;
  readonly testid?: string;
  readonly title?: string;
  readonly onclick?: () => void;
  readonly disabled?: boolean;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  wanted: Wanted,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (wanted.class) made.className = wanted.class;
  if (wanted.testid) made.dataset["testid"] = wanted.testid;
  if (wanted.title) made.title = wanted.title;
  if (wanted.onclick) made.addEventListener("click", wanted.onclick);
  if (wanted.disabled && made instanceof HTMLButtonElement) made.disabled = true;
  made.append(...children.filter((child) => child !== null && child !== false));
  return made;
}

export function button(
  text: string,
  onclick: () => void,
  wanted: Omit<Wanted, "onclick"> = {},
): HTMLButtonElement {
  const made = element("button", { ...wanted, onclick }, text);
  made.type = "button";
  return made;
}
