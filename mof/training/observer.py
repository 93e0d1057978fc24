"""What a run tells, and to whom. The loop calls an observer; a terminal, a notebook or a test listens."""

import functools


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


class Observers(Observer):
    """Several observers as one, told and asked in their order."""

    def __init__(self, *observers):
        self.observers = observers

    def wants_stop(self):
        """True where one of them asks for it."""
        return any([observer.wants_stop() for observer in self.observers])

    def updated(self, training):
        """Tells each."""
        for observer in self.observers:
            observer.updated(training)

    def saved(self, path):
        """Tells each."""
        for observer in self.observers:
            observer.saved(path)

    def write(self, training, action, num_bytes):
        """Each in its turn around the action that writes, the first outermost."""
        for observer in reversed(self.observers):
            action = functools.partial(observer.write, training, action, num_bytes)
        return action()
