/** Text out of the page: to the clipboard, or as a file. */

/** Copies a text; over plain HTTP, where the clipboard interface is missing, by a selection. @throws when refused. */
export async function copyText(text: string): Promise<void> {
  if (isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  // Deprecated, and the only way without HTTPS.
  const copied = document.execCommand("copy");
  field.remove();
  if (!copied) throw new Error("The browser refused the clipboard.");
}

/** Saves a text as a file of the browser's download folder. */
export function saveText(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: some browsers begin to read after the click is over.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
