"""What the chapters lean on: stored results, short real runs, measurements. Exercises are in `mof.course`."""
