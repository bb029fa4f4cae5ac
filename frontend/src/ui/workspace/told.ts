/** Where it stands that the lobby told of a recording: who joins after that has agreed to it. */
export function toldKey(sessionId: string): string {
  return `holotable.told-of-recording.${sessionId}`;
}
