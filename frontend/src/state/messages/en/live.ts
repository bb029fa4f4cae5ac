/** English: what others do in a session, and the connection to them. */

export const live = {
  "live.joined":
    "{count, plural, one {{first} joined} =2 {{first} and {second} joined} other {{first}, {second} and {others, plural, one {# other} other {# others}} joined}}",
  "live.left":
    "{count, plural, one {{first} left} =2 {{first} and {second} left} other {{first}, {second} and {others, plural, one {# other} other {# others}} left}}",
  "live.comings": "{joined}; {left}",
  "live.lost": "Connection lost. You can go on; your changes are kept.",
  "live.section": "{name} changed a section",
  "live.sectionGone": "{name} removed a section",
  "live.visibility": "{name} changed what is visible",
  "live.ghost": "{name} changed what is ghosted",
  "live.explode": "{name} changed the explosion",
  "live.scene": "{name} changed the scene",
  "live.follow": "Following {name}",
  "live.followsYou": "{name} follows you",
  "live.myView": "My view: what you change now, the others don't see",
  "live.rejoined": "Back with everybody's view",
  "live.shared": "Everybody sees what you see now",
  "live.back":
    "{count, plural, =0 {Back online} one {Back – # change sent} other {Back – # changes sent}}",
  "live.refused": "Your change was not accepted: {detail}",
  "live.ended": "The session has ended",
  "live.removed": "You were removed from the session",
  "live.locked": "This session is locked. Ask the host to let you in.",
  "live.over": "You cannot take part in this session any more",
} as const;
