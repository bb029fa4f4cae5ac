import { describe, expect, it } from "vitest";
import type { Webhook, WebhookDelivery } from "../../api/webhooks";
import { KINDS, deliveryText, filterOf, filterText, lastText, pretty, stateOf } from "./webhooks";

const HOOK: Webhook = {
  id: "h",
  project_id: "p",
  name: "PLM",
  url: "https://plm.example.org/in",
  events: [],
  state: "active",
  disabled_because: "",
  failing_since: null,
  last_at: null,
  last_status: null,
  last_problem: "",
  created_at: "2026-11-24T03:00:00Z",
  updated_at: "2026-11-24T03:00:00Z",
};
const DELIVERY: WebhookDelivery = {
  id: "d",
  webhook_id: "h",
  event_id: "e",
  type: "issue.created",
  state: "queued",
  attempts: [],
  next_attempt_at: "2026-11-24T03:00:00Z",
  body: "{}",
  created_at: "2026-11-24T03:00:00Z",
  finished_at: null,
};
const at = "2026-11-24T03:00:00Z";

describe("filters", () => {
  it("all kinds are no filter, so that kinds of tomorrow come too", () => {
    expect(filterOf([...KINDS])).toEqual([]);
    expect(filterOf(["issue", "review"])).toEqual(["issue.*", "review.*"]);
  });

  it("says kinds in words and types as they are", () => {
    expect(filterText([])).toBe("Everything");
    expect(filterText(["issue.*", "packet.made"])).toBe("Issues, packet.made");
  });
});

describe("outcomes", () => {
  it("a webhook that was never tried is neither well nor ill", () => {
    expect([stateOf(HOOK), lastText(HOOK)]).toEqual(["", "Nothing sent yet"]);
  });

  it("says the status, and why it is a failure", () => {
    const taken = { ...HOOK, last_at: at, last_status: 204 };
    expect([stateOf(taken), lastText(taken)]).toEqual(["ok", "204"]);
    const refused = { ...taken, last_status: 500, last_problem: "refused" };
    expect([stateOf(refused), lastText(refused)]).toEqual(["bad", "500 · not taken"]);
    const silent = { ...taken, last_status: null, last_problem: "timed_out" };
    expect(lastText(silent)).toBe("no answer in time");
    expect(lastText({ ...silent, last_problem: "of_tomorrow" })).toBe("of_tomorrow");
    expect(stateOf({ ...taken, state: "disabled" })).toBe("bad");
  });

  it("a delivery says its newest attempt", () => {
    expect(deliveryText(DELIVERY)).toBe("Waiting to be sent");
    const tried = { at, duration_ms: 4, answer: "", problem: "unreachable", status: null };
    const attempts = [tried, { ...tried, status: 200, problem: "" }];
    expect(deliveryText({ ...DELIVERY, attempts })).toBe("200");
  });
});

describe("bodies", () => {
  it("JSON is spread out and anything else left alone", () => {
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(pretty("thanks")).toBe("thanks");
  });
});
