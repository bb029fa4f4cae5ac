/** English: the application; Not found. */

export const app = {
  // The application
  "app.unreachable": "Couldn't reach the server",
  "copy.done": "Copied",
  "copy.selected": "Selected. Press Ctrl+C to copy.",
  "copy.unavailable": "The browser does not allow copying here. Copying needs HTTPS.",
  "form.actions": "Actions",
  "form.name": "Name",
  "form.no": "No",
  "form.optional": "(optional)",
  "form.saved": "Saved",
  "form.yes": "Yes",
  "password.hide": "Hide password",
  "password.show": "Show password",
  "qr.label": "QR code for {text}",
  "signedOut.text": "Your sign-in has ended. Sign in again to go on where you were.",
  "signedOut.title": "You were signed out",
  "state.loading": "Loading",
  "state.stale": "Shown as of {age}.",
  "time.ago": "{time} ago",
  "time.hours": "{count} h",
  "time.justNow": "just now",
  "time.minutes": "{count} min",
  "time.seconds": "{count} s",
  "toast.region": "Notices",

  // Not found
  "notFound.message": "Message to an owner",
  "notFound.messageText": "Hello, I am signed in as {who} and would like access to {address}",
  "notFound.request": "Request access",
  "notFound.requestText": "Send this to an owner of the project; they add you under Members.",
  "notFound.short": "No access",
  "notFound.text":
    "It does not exist, or you don't have access to it. If somebody sent you here, ask them to add you.",
  "notFound.title": "You can't open this page",
} as const;
