"""An output that cannot be written ends nothing."""

import io

from mof.cli.patient_output import PatientOutput


class Broken(io.StringIO):
    """A stream whose disk is full."""

    def write(self, text):
        raise OSError(28, "No space left on device")

    def flush(self):
        raise OSError(28, "No space left on device")


def test_what_can_be_written_is_and_what_cannot_is_left_out():
    stream = io.StringIO()
    print("春天", file=PatientOutput(stream), flush=True)
    assert stream.getvalue() == "春天\n"
    print("春天", file=PatientOutput(Broken()), flush=True)
    assert not PatientOutput(stream).isatty()
