/** Pictures for boards: fetched once from our own server, kept while the page is open. */

const known = new Map<string, HTMLImageElement>();
/** Thumbnails are some 20 kB each. */
const MOST = 200;

/** A picture, or null while it is not here; `arrived` is called once when it is. A picture that fails stays away. */
export function pictureAt(address: string, arrived: () => void): CanvasImageSource | null {
  const have = known.get(address);
  if (have) return have.complete && have.naturalWidth > 0 ? have : null;
  if (known.size >= MOST) known.clear();
  const picture = new Image();
  picture.addEventListener("load", arrived, { once: true });
  picture.src = address;
  known.set(address, picture);
  return null;
}
