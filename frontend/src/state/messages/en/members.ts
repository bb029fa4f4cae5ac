/** English: members. */

export const members = {
  "members.add": "Add member",
  "members.failed": "Couldn't load the members",
  "members.firstPassword": "First password",
  "members.newAccount": "They have no account yet: create one",
  "members.remove": "Remove {name}",
  "members.role": "Role",
  "members.roleOf": "Role of {name}",
  "role.editor": "Editor",
  "role.editor.can": "Uploads, renames, shares, and everything a reviewer does.",
  "role.guest_live": "Guest",
  "role.guest_view": "Guest",
  "role.owner": "Owner",
  "role.owner.can": "Decides who is a member, and everything an editor does.",
  "role.reviewer": "Reviewer",
  "role.reviewer.can": "Takes part in sessions, starts them, cuts and hides for everyone, chats.",
  "role.viewer": "Viewer",
  "role.viewer.can": "Looks and downloads.",
} as const;
