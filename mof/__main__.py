"""`python -m mof` is the command `mof`."""

from mof.cli.app import main

main()
