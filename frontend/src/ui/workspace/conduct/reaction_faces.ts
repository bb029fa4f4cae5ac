/** The five faces, drawn: not every computer has a font for them. What each says stands in the messages. */

import Heart from "@lucide/svelte/icons/heart";
import Smile from "@lucide/svelte/icons/smile";
import PartyPopper from "@lucide/svelte/icons/party-popper";
import Sparkles from "@lucide/svelte/icons/sparkles";
import ThumbsUp from "@lucide/svelte/icons/thumbs-up";
import type { Component } from "svelte";
import type { Reaction } from "../../../state/areas/conducting";

export const FACES: Readonly<Record<Reaction, Component<{ size?: number }>>> = {
  agree: ThumbsUp,
  applause: PartyPopper,
  heart: Heart,
  laugh: Smile,
  wow: Sparkles,
};
