/** German: share links. */

import type { TextsOf } from "../../languages";
import type { sharing as english } from "../en/sharing";

export const sharing = {
  "links.empty": "Noch keine Freigabelinks",
  "links.emptyText": "Ein Link gewährt ohne Konto Zugang, so lange wie gewünscht.",
  "links.expired": "Abgelaufen",
  "links.failed": "Links konnten nicht geladen werden",
  "links.opens": "Öffnet",
  "links.project": "Das ganze Projekt",
  "links.revoke": "Widerrufen",
  "links.revoked": "Widerrufen",
  "links.text": "Wer einen dieser Links hat, kommt ohne Konto herein.",
  "links.unnamed": "Link ohne Namen",
  "links.uses": "Verwendet",
  "share.allows": "Erlaubt",
  "share.another": "Weiteren Link anlegen",
  "share.create": "Link anlegen",
  "share.days": "{count, plural, one {# Tag} other {# Tage}}",
  "share.expires": "Läuft ab",
  "share.label": "Bezeichnung",
  "share.labelHint": "Für wen ist er?",
  "share.link": "Freigabelink",
  "share.live": "Live teilnehmen",
  "share.liveText":
    "Sitzungen beitreten, für alle schneiden und ausblenden, chatten. Gefragt wird nur nach einem Namen.",
  "share.never": "Nie",
  "share.once": "Link jetzt kopieren: Er wird nur dieses eine Mal gezeigt.",
  "share.protect": "Passwort verlangen",
  "share.scopeAsset": "Öffnet nur {name}.",
  "share.scopeProject": "Öffnet das ganze Projekt.",
  "share.title": "{name} freigeben",
  "share.view": "Nur ansehen",
  "share.viewText": "Drehen, auswählen und messen. Andere bleiben unberührt.",
} as const satisfies TextsOf<typeof english>;
