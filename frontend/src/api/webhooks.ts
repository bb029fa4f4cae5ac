/** Webhooks of a project over REST. */

import type createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Client = ReturnType<typeof createClient<paths>>;
type Schemas = components["schemas"];

export type Webhook = Schemas["WebhookAnswer"];
/** With its secret, which is answered this once. */
export type NewWebhook = Schemas["NewWebhookAnswer"];
export type WebhookDelivery = Schemas["DeliveryAnswer"];
export type WebhookChange = Partial<Schemas["WebhookPatch"]>;

export function webhookApi({ GET, POST, PATCH, DELETE }: Client) {
  const body = async <T>(answer: Promise<{ data?: T | undefined }>): Promise<T> => {
    const { data } = await answer;
    if (data === undefined) throw new TypeError("The server's answer has no body.");
    return data;
  };
  const hook = (id: string) => ({ params: { path: { webhook_id: id } } });
  return {
    webhooks: async (projectId: string) =>
      (
        await body(
          GET("/api/v1/projects/{project_id}/webhooks", {
            params: { path: { project_id: projectId } },
          }),
        )
      ).items,
    createWebhook: (projectId: string, wanted: { url: string; name: string; events: string[] }) =>
      body(
        POST("/api/v1/projects/{project_id}/webhooks", {
          params: { path: { project_id: projectId } },
          body: wanted,
        }),
      ),
    changeWebhook: (id: string, change: WebhookChange) =>
      body(PATCH("/api/v1/webhooks/{webhook_id}", { ...hook(id), body: change })),
    deleteWebhook: async (id: string) => {
      await DELETE("/api/v1/webhooks/{webhook_id}", hook(id));
    },
    rotateWebhook: (id: string) => body(POST("/api/v1/webhooks/{webhook_id}/rotate", hook(id))),
    testWebhook: (id: string) => body(POST("/api/v1/webhooks/{webhook_id}/test", hook(id))),
    webhookDeliveries: async (id: string) =>
      (await body(GET("/api/v1/webhooks/{webhook_id}/deliveries", hook(id)))).items,
    redeliver: (deliveryId: string) =>
      body(
        POST("/api/v1/webhook-deliveries/{delivery_id}/redeliver", {
          params: { path: { delivery_id: deliveryId } },
        }),
      ),
  };
}
