/** The worker around `cut_engine.ts`. */

import { CutEngine, type CutAnswer, type CutRequest, buffersOf } from "./cut_engine";

/** The worker's own side of `postMessage`; the DOM library types only the page's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<CutRequest>) => void) | null;
  postMessage(message: CutAnswer, transfer: Transferable[]): void;
}

// `self` is typed as a window in the DOM library; in this module it is the worker's scope.
const scope = self as unknown as WorkerScope;
const engine = new CutEngine();

scope.onmessage = ({ data }) => {
  void engine.answer(data).then((answer) => scope.postMessage(answer, buffersOf(answer)));
};
