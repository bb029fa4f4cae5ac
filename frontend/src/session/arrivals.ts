/** Who came and who went, said at most once in five seconds. */

import type { Workspace } from "../state/workspace";
import type { Environment } from "./environment";
import { comingsText } from "./words";

/** UX.md statement 60: joins are announced at most once in this time. */
const ARRIVALS_MS = 5_000;

/** Announces the first at once, and whoever follows within five seconds together. */
export class Arrivals {
  private readonly workspace: Workspace;
  private readonly environment: Environment;
  private readonly waiting: { readonly name: string; readonly verb: "joined" | "left" }[] = [];
  private cancel: (() => void) | null = null;

  constructor(workspace: Workspace, environment: Environment) {
    this.workspace = workspace;
    this.environment = environment;
  }

  add(name: string, verb: "joined" | "left"): void {
    this.waiting.push({ name, verb });
    if (!this.cancel) this.announce();
  }

  stop(): void {
    this.cancel?.();
  }

  private announce(): void {
    this.cancel = null;
    if (this.waiting.length === 0) return;
    const names = (wanted: "joined" | "left"): readonly string[] =>
      this.waiting.filter(({ verb }) => verb === wanted).map(({ name }) => name);
    this.workspace.announce(comingsText(names("joined"), names("left")), { others: true });
    this.waiting.length = 0;
    this.cancel = this.environment.later(() => this.announce(), ARRIVALS_MS);
  }
}
