/** What the page itself says of a server that gave no answer, or none of its own; in the language of the page. */

/** The texts of one language. */
export interface ApiWords {
  readonly noConnection: string;
  readonly noAnswer: string;
  readonly checkNetwork: string;
  readonly unreadable: string;
  readonly unreadableUpload: string;
  readonly retrySoon: string;
  error(status: number): string;
  answered(status: number): string;
}

let words: ApiWords = {
  noConnection: "No connection",
  noAnswer: "The server did not answer.",
  checkNetwork: "Check the network, then retry.",
  unreadable: "Unreadable answer",
  unreadableUpload: "The server's answer to the upload could not be read.",
  retrySoon: "Retry in a moment. If it stays, ask whoever runs the server.",
  error: (status) => `Error ${status}`,
  answered: (status) => `The server answered ${status}.`,
};

/** From `start.ts`, which knows the language; `api` reaches nothing but the network. */
export function speakAs(spoken: ApiWords): void {
  words = spoken;
}

export function apiWords(): ApiWords {
  return words;
}
