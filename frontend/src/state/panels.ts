/** The panels of the left side, by name: the rail, shortcuts and chips open them. */
export type LeftPanel =
  | "model"
  | "sections"
  | "views"
  | "measures"
  | "notes"
  | "issues"
  | "drawings"
  | "people"
  | "table"
  | "changes"
  | "chat";
