"""`python -m cli` is `ringback`."""

from cli import main

main()
