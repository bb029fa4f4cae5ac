import { expect, it } from "vitest";
import type { ChatMessage } from "../../state/workspace";
import { agreedWith, chatLine, chatPieces } from "./chat_line";

it("knows what the minutes take up, and leaves everything else as it is", () => {
  expect(chatLine("/decide Bore becomes 6.5 mm")).toEqual({
    kind: "decide",
    text: "Bore becomes 6.5 mm",
  });
  expect(chatLine(" /Q who orders?")).toEqual({ kind: "q", text: "who orders?" });
  expect(chatLine("/agree @10")).toEqual({ kind: "agree", text: "@10" });
  expect(chatLine("/decide")).toEqual({ kind: "plain", text: "/decide" });
  expect(chatLine("/quick look")).toEqual({ kind: "plain", text: "/quick look" });
  expect(chatLine("and/or")).toEqual({ kind: "plain", text: "and/or" });
});

it("finds addresses without the full stop behind them", () => {
  expect(chatPieces("See https://a.example/b.pdf. Or not")).toEqual([
    { text: "See ", link: false },
    { text: "https://a.example/b.pdf", link: true },
    { text: ". Or not", link: false },
  ]);
  expect(chatPieces("javascript:alert(1)")).toEqual([{ text: "javascript:alert(1)", link: false }]);
});

it("counts everybody once who agrees with a decision, by their last word", () => {
  const line = (name: string, text: string): ChatMessage => ({
    seq: 1,
    slot: 0,
    at: "2026-01-01T12:00:00.000Z",
    mine: false,
    name,
    text,
  });
  const chat = [
    line("Ben", "/agree @10"),
    line("Ben", "/agree @10"),
    line("Gus", "/agree @10"),
    line("Gus", "/disagree @10"),
    line("Kim", "/agree @11"),
  ];
  expect(agreedWith(chat, 10)).toEqual(["Ben"]);
});
