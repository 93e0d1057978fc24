"""Plans of long trainings: made from measurements, kept as files, followed through every interruption."""
