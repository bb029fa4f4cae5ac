/** Names that are shortened with "…" say themselves in full under the pointer. */

/** From now on, for every element with the class `clip` that has no tooltip of its own. */
export function explainClipped(page: Document): void {
  page.addEventListener("pointerover", ({ target }) => {
    const clipped = target instanceof Element ? target.closest<HTMLElement>(".clip") : null;
    if (!clipped) return;
    const isShort = clipped.scrollWidth > clipped.clientWidth;
    if (isShort && !clipped.closest("[title]")) {
      clipped.title = clipped.textContent.trim().replaceAll(/\s+/g, " ");
      clipped.dataset["explained"] = "";
    } else if (!isShort && clipped.dataset["explained"] !== undefined) {
      clipped.removeAttribute("title");
      delete clipped.dataset["explained"];
    }
  });
}
