/** Recordings and minutes of sessions over REST. */

import type createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Client = ReturnType<typeof createClient<paths>>;
type Schemas = components["schemas"];

export type RecordingRow = Schemas["RecordingAnswer"];
export type RecordingManifest = Schemas["ManifestAnswer"];
/** [from, to], milliseconds since the press. */
type Pair = readonly [number, number];
/** A recording from afar: docs/formats/recording.md. */
export interface RecordingTimeline {
  readonly people: readonly {
    readonly principal_id: string;
    readonly name: string;
    readonly colour: number;
    readonly shape: number;
    readonly there: readonly Pair[];
    readonly hand: readonly Pair[];
    readonly presenting: readonly Pair[];
    readonly unrecorded: readonly Pair[];
    readonly talking: readonly Pair[];
  }[];
  readonly active: readonly Pair[];
  readonly gaps: readonly Pair[];
}
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
  readonly agenda: readonly (MinutesLine & {
    readonly name: string;
    readonly by: string;
    readonly view_id: string | null;
    /** sha256 of the view's picture, as it was; absent from agendas of before. */
    readonly picture?: string | null;
    /** Seconds it took, and minutes that were planned: of items of the session's agenda. */
    readonly seconds?: number | null;
    readonly minutes?: number | null;
    readonly issue?: number | null;
  })[];
  /** Items of the agenda that nobody was shown; absent from minutes of before. */
  readonly not_reached?: readonly { readonly name: string }[];
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
    readonly happened: readonly MinutesLine[];
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
  readonly questions: readonly (Omit<MinutesLine, "at"> & {
    /** null: taken over from another session. */
    readonly at: string | null;
    readonly number: number;
    readonly text: string;
    readonly by: string;
    readonly carried_from: { readonly session_id: string; readonly title: string } | null;
    readonly answer: (MinutesLine & { readonly text: string; readonly by: string }) | null;
  })[];
  readonly comments: readonly { readonly at: string; readonly by: string; readonly text: string }[];
  readonly next: { readonly at: string | null; readonly link: string } | null;
  readonly links: readonly (MinutesLine & { readonly url: string; readonly by: string })[];
  readonly recordings: readonly { readonly id: string }[];
}

async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new TypeError("The server's answer has no body.");
  return data;
}

export function recordingApi({ GET, PATCH, POST, PUT }: Client) {
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
    recordingTimeline: async (id: string): Promise<RecordingTimeline> =>
      // Pairs, which a schema of arrays cannot say.
      (await body(
        GET("/api/v1/recordings/{recording_id}/timeline", one(id)),
      )) as unknown as RecordingTimeline,
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
    /** Whose voices are kept. */
    recordedVoices: async (id: string): Promise<readonly Schemas["RecordedVoiceAnswer"][]> =>
      (await body(GET("/api/v1/recordings/{recording_id}/voices", one(id)))).items,
    voicePiece: async (id: string, speakerId: string, pieceId: string): Promise<Blob> =>
      body(
        GET("/api/v1/recordings/{recording_id}/voices/{speaker_id}/pieces/{piece_id}", {
          params: { path: { recording_id: id, speaker_id: speakerId, piece_id: pieceId } },
          parseAs: "blob",
        }) as Promise<{ data?: Blob }>, // sound has no schema
      ),
    voiceUrl: (id: string, speakerId: string) =>
      `/api/v1/recordings/${id}/voices/${speakerId}/download`,
    /** What I said last of my own voice. */
    voiceConsent: async (id: string): Promise<boolean> =>
      (await body(GET("/api/v1/recordings/{recording_id}/voice", one(id)))).agrees,
    consentToVoice: (id: string, agrees: boolean) =>
      body(PUT("/api/v1/recordings/{recording_id}/voice", { ...one(id), body: { agrees } })),
    keepVoicePiece: (
      id: string,
      piece: { readonly id: string; readonly ageMs: number; readonly durationMs: number },
      sound: Blob,
    ) =>
      body(
        PUT("/api/v1/recordings/{recording_id}/voice/pieces/{piece_id}", {
          params: {
            path: { recording_id: id, piece_id: piece.id },
            query: { age_ms: piece.ageMs, duration_ms: piece.durationMs },
          },
          body: sound as unknown as string, // octets: a string in the schema
          bodySerializer: (octets: unknown) => octets as Blob,
          headers: { "Content-Type": "application/octet-stream" },
        }),
      ),
    /** Saves what everybody saw at a second as a view. */
    branchRecording: (id: string, at: number, view: Schemas["BranchRequest"]) =>
      body(
        POST("/api/v1/recordings/{recording_id}/viewpoints", {
          params: { path: { recording_id: id }, query: { at } },
          body: view,
        }),
      ),
    /** version: one that was published; none: as they are. */
    minutes: (sessionId: string, version: number | null = null) =>
      minutes(
        GET("/api/v1/sessions/{session_id}/minutes", {
          params: {
            path: { session_id: sessionId },
            ...(version === null ? {} : { query: { version } }),
          },
        }),
      ),
    noteMinutes: (sessionId: string, said: Schemas["MinutesPatch"]) =>
      minutes(
        PATCH("/api/v1/sessions/{session_id}/minutes", { ...session(sessionId), body: said }),
      ),
    commentMinutes: (sessionId: string, text: string) =>
      minutes(
        POST("/api/v1/sessions/{session_id}/minutes/comments", {
          ...session(sessionId),
          body: { text },
        }),
      ),
    /** Opens published minutes as the draft of their next version. */
    correctMinutes: (sessionId: string, correction: string) =>
      minutes(
        POST("/api/v1/sessions/{session_id}/minutes/correct", {
          ...session(sessionId),
          body: { correction },
        }),
      ),
    publishMinutes: (sessionId: string) =>
      minutes(POST("/api/v1/sessions/{session_id}/minutes/publish", session(sessionId))),
    /** Of the minutes as a document; zone: IANA name. */
    minutesUrl: (
      sessionId: string,
      form: MinutesForm,
      language: "en" | "de",
      zone: string,
      version: number | null = null,
    ) => {
      const query = new URLSearchParams({ format: form, language, time_zone: zone });
      if (version !== null) query.set("version", String(version));
      return `/api/v1/sessions/${sessionId}/minutes/document?${query.toString()}`;
    },
    /** Where the issues of a session lie as one BCF file. */
    minutesIssues: (sessionId: string): string =>
      `/api/v1/sessions/${sessionId}/minutes/issues.bcf`,
  };
}
