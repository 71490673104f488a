"""One suite for each protocol, run against every implementation of it."""
