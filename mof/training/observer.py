"""What a run tells, and to whom. The loop calls an observer; a terminal, a notebook or a test listens."""


class Observer:
    """Hears nothing and never stops a run: the base for those that do."""

    def wants_stop(self):
        """True to end the run after the present update; it is saved first."""
        return False

    def updated(self, training):
        """After each update; `training.run` has just got its line in the log."""

    def saved(self, path):
        """After each checkpoint."""

    def write(self, training, action, num_bytes):
        """Do what writes to the disk, about so many bytes; one that can wait does it again where that is
        full.

        Returns:
            What `action()` gives.

        Raises:
            OSError: as `action` does.
        """
        return action()
