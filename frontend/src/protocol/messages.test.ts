import { expect, it } from "vitest";
import vectors from "../../../tests/vectors/messages.json";
import { encodeClientMessage, parseServerMessage, type ClientMessage } from "./messages";

it.each(vectors.server)("reads the server's message: $name", ({ message }) => {
  expect(parseServerMessage(JSON.stringify(message))).toEqual(message);
});

it.each(vectors.client.filter(({ valid }) => valid))(
  "writes what the server reads: $name",
  ({ message }) => {
    // The vectors are JSON of many shapes; that each valid one is a ClientMessage is what they say.
    expect(JSON.parse(encodeClientMessage(message as unknown as ClientMessage))).toEqual(message);
  },
);

it("passes over kinds it does not know", () => {
  expect(parseServerMessage('{"t":"later"}')).toBeNull();
  expect(parseServerMessage("[]")).toBeNull();
  expect(parseServerMessage("null")).toBeNull();
});
