"""HTTP and WebSocket routes, one file per resource; the only importer of FastAPI besides `app`."""
