/** German: voice in a session. */

export const voice = {
  "command.voice.microphone": "Mikrofon ein oder aus",
  "command.voice.talk": "Sprechtaste",
  "command.voice.join": "Sprache betreten oder verlassen",
  "command.voice.retry": "Sprache erneut verbinden",
  "command.voice.device": "Mikrofon oder Lautsprecher wählen",
  "command.voice.spatial": "Stimmen von dort, wo Leute stehen",
  "shortcut.talk": "Sprechtaste, solange gedrückt (Sitzung)",
  "shortcut.microphone": "Mikrofon ein oder aus (Sitzung)",
  "voice.state.off": "Sprache ist aus",
  "voice.state.muted": "Stumm",
  "voice.state.asking": "Mikrofon wird angefragt …",
  "voice.state.open": "Mikrofon an",
  "voice.state.talking": "Spricht, solange die Taste gedrückt ist",
  "voice.state.blocked": "Mikrofon blockiert",
  "voice.state.noDevice": "Kein Mikrofon",
  "voice.state.connecting": "Sprache wird verbunden …",
  "voice.action.unmute": "Mikrofon einschalten",
  "voice.action.mute": "Stumm schalten",
  "voice.action.join": "Sprache betreten",
  "voice.action.leave": "Sprache verlassen",
  "voice.action.retry": "Noch einmal",
  "voice.menu": "Einstellungen der Sprache",
  "voice.input": "Mikrofon",
  "voice.output": "Lautsprecher",
  "voice.system": "Wie im System",
  "voice.spatial": "Stimmen von dort, wo Leute stehen",
  "voice.hint": "{keys} halten, um zu sprechen. Vorher wird niemand nach dem Mikrofon gefragt.",
  "voice.noNames": "Namen stehen hier, sobald Sie einmal gesprochen haben.",
  "voice.mutedByHost": "Die Leitung hat Sie stumm geschaltet",
  "voice.person.open": "Mikrofon an",
  "voice.person.muted": "Stumm",
  "voice.person.silenced": "Von der Leitung stumm geschaltet",
  "voice.problem.blocked":
    "Der Browser blockiert das Mikrofon. Erlauben Sie es links in der Adresszeile und versuchen Sie es noch einmal. Die anderen hören Sie trotzdem.",
  "voice.problem.noDevice":
    "Kein Mikrofon gefunden. Schließen Sie eines an und versuchen Sie es noch einmal. Die anderen hören Sie trotzdem.",
  "voice.problem.busy":
    "Ein anderes Programm benutzt das Mikrofon. Schließen Sie es dort und versuchen Sie es noch einmal.",
  "voice.problem.insecure":
    "Browser geben das Mikrofon nur an https-Seiten. Fragen Sie nach einer https-Adresse.",
  "voice.problem.listener":
    "Sie hören in dieser Sitzung zu. Heben Sie die Hand (R), um gehört zu werden.",
  "voice.problem.silenced":
    "Die Leitung hat Ihr Mikrofon geschlossen. Heben Sie die Hand (R), um gehört zu werden.",
  "voice.problem.fullOpen":
    "Sechs Mikrofone sind offen, mehr Sprache trägt es hier nicht. Warten Sie, bis eines stumm ist, oder schreiben Sie im Chat.",
  "voice.problem.fullPeople": "Die Sprache dieser Sitzung ist voll. Der Chat geht weiter.",
  "voice.problem.failed": "Sprache konnte nicht verbunden werden; der Chat geht weiter.",
  "voice.problem.suspended":
    "Der Browser spielt noch keinen Ton. Drücken Sie irgendwo, um die anderen zu hören.",
} as const;
