/** Recordings and minutes of sessions over REST. */

import type createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Client = ReturnType<typeof createClient<paths>>;
type Schemas = components["schemas"];

export type RecordingRow = Schemas["RecordingAnswer"];
export type RecordingManifest = Schemas["ManifestAnswer"];
export type RecordedOperation = Schemas["RecordedOperation"];
export type MinutesAnswer = Omit<Schemas["MinutesAnswer"], "document"> & {
  readonly document: Minutes;
};
export type MinutesForm = "html" | "pdf" | "md";

/** Where a line of minutes leads: a second of a recording, or its time alone. */
export interface MinutesLine {
  readonly at: string;
  readonly seq: number | null;
  readonly recording_id: string | null;
  readonly second: number | null;
}

/** `holotable-minutes/1`, docs/formats/minutes.md. */
export interface Minutes {
  readonly title: string;
  readonly project: string;
  readonly asset: string;
  readonly revisions: readonly string[];
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly attendees: readonly {
    readonly principal_id: string;
    readonly name: string;
    readonly role: string;
    readonly device: string;
    readonly visits: readonly { readonly joined_at: string; readonly left_at: string | null }[];
  }[];
  readonly agenda: readonly (MinutesLine & { readonly name: string; readonly by: string })[];
  readonly decisions: readonly (MinutesLine & {
    readonly number: number;
    readonly text: string;
    readonly by: string;
    readonly agreed: readonly string[];
    readonly disagreed: readonly string[];
  })[];
  readonly issues: readonly (MinutesLine & {
    readonly number: number;
    readonly title: string;
    readonly what: "opened" | "changed" | "closed";
    readonly status: string;
    readonly assignee: string;
    readonly due_on: string;
  })[];
  readonly measurements: readonly (MinutesLine & {
    readonly name: string;
    readonly kind: string;
    readonly value: number | null;
    readonly unit: string;
    readonly by: string;
  })[];
  readonly verdicts: readonly (MinutesLine & {
    readonly by: string;
    readonly verdict: string;
    readonly revision: string;
    readonly text: string;
  })[];
  readonly questions: readonly (MinutesLine & { readonly text: string; readonly by: string })[];
  readonly links: readonly (MinutesLine & { readonly url: string; readonly by: string })[];
  readonly recordings: readonly { readonly id: string }[];
}

async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new TypeError("The server's answer has no body.");
  return data;
}

export function recordingApi({ GET, PATCH, POST }: Client) {
  const session = (id: string) => ({ params: { path: { session_id: id } } });
  const one = (id: string) => ({ params: { path: { recording_id: id } } });
  // The document is pinned by docs/formats/minutes.md and the server's golden file.
  const minutes = async (
    answer: Promise<{ data?: Schemas["MinutesAnswer"] }>,
  ): Promise<MinutesAnswer> => (await body(answer)) as unknown as MinutesAnswer;
  return {
    recordings: async (sessionId: string): Promise<readonly RecordingRow[]> =>
      (await body(GET("/api/v1/sessions/{session_id}/recordings", session(sessionId)))).items,
    recordingManifest: (id: string): Promise<RecordingManifest> =>
      body(GET("/api/v1/recordings/{recording_id}/manifest", one(id))),
    /** All operations of a recording, in order. */
    recordedOperations: async (id: string): Promise<readonly RecordedOperation[]> => {
      const found: RecordedOperation[] = [];
      let after: number | null = 0;
      while (after !== null) {
        const page: Schemas["OperationsAnswer"] = await body(
          GET("/api/v1/recordings/{recording_id}/operations", {
            params: { path: { recording_id: id }, query: { after } },
          }),
        );
        found.push(...page.items);
        after = page.next_after;
      }
      return found;
    },
    recordingChunk: async (id: string, number: number): Promise<ArrayBuffer> =>
      body(
        GET("/api/v1/recordings/{recording_id}/chunks/{number}", {
          params: { path: { recording_id: id, number } },
          parseAs: "arrayBuffer",
        }) as Promise<{ data?: ArrayBuffer }>, // octets have no schema
      ),
    /** Saves what everybody saw at a second as a view. */
    branchRecording: (id: string, at: number, view: Schemas["BranchRequest"]) =>
      body(
        POST("/api/v1/recordings/{recording_id}/viewpoints", {
          params: { path: { recording_id: id }, query: { at } },
          body: view,
        }),
      ),
    minutes: (sessionId: string) =>
      minutes(GET("/api/v1/sessions/{session_id}/minutes", session(sessionId))),
    noteMinutes: (sessionId: string, notes: string) =>
      minutes(
        PATCH("/api/v1/sessions/{session_id}/minutes", { ...session(sessionId), body: { notes } }),
      ),
    publishMinutes: (sessionId: string) =>
      minutes(POST("/api/v1/sessions/{session_id}/minutes/publish", session(sessionId))),
    /** Of the minutes as a document; zone: IANA name. */
    minutesUrl: (sessionId: string, form: MinutesForm, language: "en" | "de", zone: string) => {
      const query = new URLSearchParams({ format: form, language, time_zone: zone });
      return `/api/v1/sessions/${sessionId}/minutes/document?${query.toString()}`;
    },
  };
}
