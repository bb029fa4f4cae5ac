"""Live rooms: a pure state machine, its wire protocol and the hub that runs it."""
