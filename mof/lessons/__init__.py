"""What the chapters lean on: checks of exercises that say in words what is wrong, stored results, short real
runs."""
