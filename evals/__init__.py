"""Play whole stories through the webhooks and score what came of them. No key, no network.

A suite is data (`suites/*.yaml`): businesses, callers who know some things and want something, and
the end they must come to. `play` runs one through the same routes that a carrier calls, on a clock
that is turned; `scorers` judge every text and the state of the tables; `report` prints and writes
one HTML file.
"""
