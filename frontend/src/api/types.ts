/** What the REST interface answers: short names for the generated schema (`make api`). */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type AnyRole = Schemas["Role"];
export type MemberRole = Schemas["MemberRequest"]["role"];
export type Capability = Schemas["ShareLinkRequest"]["capability"];

export type Problem = Schemas["Problem"];
export type Me = Schemas["Me"];
export type Token = Schemas["TokenAnswer"];
export type NewToken = Schemas["NewTokenAnswer"];
export type PairedDevice = Schemas["DeviceAnswer"];
export type WaitingDevice = Schemas["WaitingDevice"];
export type AccountEvent = Schemas["AccountEventAnswer"];
export type Scope = Schemas["TokenRequest"]["scopes"][number];
export type User = Schemas["UserAnswer"];

export type Project = Schemas["ProjectAnswer"];
export type Folder = Schemas["FolderAnswer"];
export type Asset = Schemas["AssetAnswer"];
export type Revision = Schemas["RevisionAnswer"];
export type RevisionState = Revision["state"];
export type Member = Schemas["MemberAnswer"];
export type OccurrenceDetail = Schemas["OccurrenceDetailAnswer"];
export type TrashItem = Schemas["Trashed"];
export type SearchHit = Schemas["Hit"];

export type ShareLink = Schemas["ShareLinkAnswer"];
export type OpenedShareLink = Schemas["OpenedLink"];
export type Session = Schemas["SessionAnswer"];
export type JoinPreview = Schemas["JoinPreview"];
export type Joined = Schemas["Joined"];
export type Ticket = Schemas["TicketAnswer"];
export type Device = NonNullable<Schemas["TicketRequest"]["device"]>;
