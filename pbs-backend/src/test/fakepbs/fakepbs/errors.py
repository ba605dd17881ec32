# SPDX-License-Identifier: Apache-2.0
"""PBS's errors: their words, and the exit status, which is the error's number modulo 256."""


class PbsError(Exception):
    """What a command says on standard error, after its own name, and its exit status."""

    def __init__(self, status, text, usage=False):
        super().__init__(text)
        self.status = status
        self.text = text
        self.usage = usage


UNKNOWN_JOB = 153
BAD_VALUE = 166
BAD_STATE = 168
UNKNOWN_QUEUE = 170
UNKNOWN_RESOURCE = 187
FINISHED = 35
LIMIT = 38
ARRAY_TOO_LARGE = 3
CONFLICT = 5
NAME_TOO_LONG = 69
PROTOCOL = 183


def usage(text):
    """A wrong option: the usage follows."""
    return PbsError(2, text, usage=True)


def unknown_job(job_id, torque=False):
    """No such job."""
    words = "Unknown Job Id Error" if torque else "Unknown Job Id"
    return PbsError(UNKNOWN_JOB, "%s %s" % (words, job_id))


def malformed(job_id):
    """This is no id."""
    return PbsError(1, "illegally formed job identifier: %s" % job_id)


def submit_error(torque, status, openpbs_text, torque_status, torque_text):
    """A refused submission, in the dialect's words."""
    if torque:
        return PbsError(torque_status, "submit error (%s)" % torque_text)
    return PbsError(status, openpbs_text)
