/** The worker around `level_solver.ts`: the model once, then one answer to each question. */

import { DirectSolver, type LevelAnswer, type SolverMessage } from "./level_solver";
import { buffersOf } from "./model_lists";

/** The worker's own side of `postMessage`; the DOM library types only the page's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<SolverMessage>) => void) | null;
  postMessage(message: LevelAnswer, transfer: Transferable[]): void;
}

// `self` is typed as a window in the DOM library; in this module it is the worker's scope.
const scope = self as unknown as WorkerScope;
let solver: DirectSolver | null = null;

scope.onmessage = ({ data }) => {
  if (data.kind === "model") {
    solver = new DirectSolver(data.model, true);
    return;
  }
  if (!solver) return;
  const answer = solver.solve(data.question, data.changes);
  const { drawn, largest, wants } = answer;
  const buffers = drawn ? buffersOf(drawn) : [];
  scope.postMessage(answer, [...buffers, largest.buffer, wants.buffer]);
};
