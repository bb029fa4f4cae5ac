"""One reader per family of formats, each yielding a `Scene`."""
