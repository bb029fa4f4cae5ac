/** The inbox over REST: what I am told of, marks, how I want to hear, and the badge's stream. */

import type createClient from "openapi-fetch";
import { listen } from "./events";
import type { components, paths } from "./schema";

type Client = ReturnType<typeof createClient<paths>>;
type Schemas = components["schemas"];

export type Notification = Schemas["NotificationAnswer"];
export type NotificationKind = Schemas["Kind"];
export type NotificationState = Notification["state"];
export type Inbox = Schemas["InboxAnswer"];
export type InboxFilter = "open" | "unread" | "snoozed" | "done" | "all";
/** What rows may be about; of comments and of a conversion the id is the revision's. */
export type Subject = Schemas["SeenRequest"];
export type Waiting = Schemas["Waiting"];
export type NotificationSettings = Schemas["NotificationSettingsAnswer"];
export type NotificationSettingsChange = Partial<Schemas["NotificationSettingsPatch"]>;
export type Cadence = Schemas["ChoiceAnswer"]["email"];
export type MailStatus = Schemas["MailStatus"];

/** My inbox changed. */
export interface InboxNews {
  readonly unread: number;
  /** Changes with each row. */
  readonly etag: string;
}

/** Calls back with the state of my inbox, now and whenever it changes; returns the way to stop. */
export function watchInbox(onNews: (news: InboxNews) => void): () => void {
  const source = new EventSource("/api/v1/inbox/events");
  listen(source, "inbox", (value) => onNews(value as InboxNews)); // `as`: see Http.json
  return () => source.close();
}

export function inboxApi({ GET, POST, PATCH }: Client) {
  const body = async <T>(answer: Promise<{ data?: T | undefined }>): Promise<T> => {
    const { data } = await answer;
    if (data === undefined) throw new TypeError("The server's answer has no body.");
    return data;
  };
  return {
    inbox: (
      query: {
        state?: InboxFilter;
        kind?: NotificationKind[];
        cursor?: string;
        limit?: number;
      } = {},
    ) => body(GET("/api/v1/inbox", { params: { query } })),
    changeNotification: (
      notificationId: string,
      change: { state?: NotificationState; snoozed_until?: string | null },
    ) =>
      body(
        PATCH("/api/v1/inbox/{notification_id}", {
          params: { path: { notification_id: notificationId } },
          body: change,
        }),
      ),
    /** What changed, for taking it back. */
    markInbox: async (
      state: NotificationState,
      which: { ids: string[] } | { until: string; kinds: NotificationKind[] },
    ): Promise<readonly string[]> =>
      (await body(POST("/api/v1/inbox/mark", { body: { ids: [], kinds: [], ...which, state } })))
        .ids,
    /** What stands in front of me is read. What changed. */
    markSeen: async (subject: Subject): Promise<readonly string[]> =>
      (await body(POST("/api/v1/inbox/seen", { body: subject }))).ids,
    waiting: () => body(GET("/api/v1/inbox/waiting")),
    notificationSettings: () => body(GET("/api/v1/me/notification-settings")),
    changeNotificationSettings: (change: NotificationSettingsChange) =>
      body(
        PATCH("/api/v1/me/notification-settings", {
          body: change as Schemas["NotificationSettingsPatch"], // every other member has a default
        }),
      ),
    confirmAddress: (token: string) => body(POST("/api/v1/mail/confirm", { body: { token } })),
    mailStatus: () => body(GET("/api/v1/admin/mail")),
    invite: async (sessionId: string, people: string[]): Promise<void> => {
      await POST("/api/v1/sessions/{session_id}/invitations", {
        params: { path: { session_id: sessionId } },
        body: { people },
      });
    },
  };
}
