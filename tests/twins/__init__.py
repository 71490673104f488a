"""Stand-ins for outside services: over real sockets, with a memory, programmable to misbehave."""
