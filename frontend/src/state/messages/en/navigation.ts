/** English: navigation. */

export const navigation = {
  "nav.breadcrumb": "Where you are",
  "nav.go": "Join with a code",
  "nav.help": "Help",
  "nav.home": "Holotable, to all projects",
  "nav.projects": "Projects",
  "nav.trash": "Trash",
} as const;
