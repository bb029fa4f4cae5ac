/** Lets triangles onto the graphics card one chunk at a time while a headset draws: tracking never waits for loading. */

/** See the head of the file. */
export class UploadPace {
  private readonly waiting: (() => void)[] = [];
  private paced = false;

  /** paced: from now on one chunk between two pictures; else at once, those that wait included. */
  set(paced: boolean): void {
    this.paced = paced;
    if (!paced) for (const go of this.waiting.splice(0)) go();
  }

  /** Resolves when the next chunk may be handed over. */
  turn(): Promise<void> {
    return this.paced ? new Promise((go) => this.waiting.push(go)) : Promise.resolve();
  }

  /** A picture has been prepared: who waits longest goes on when its JavaScript is over. */
  picture(): void {
    this.waiting.shift()?.();
  }
}
