# SPDX-License-Identifier: Apache-2.0
"""What can be set, at the start or by ``pbs-fault NAME=VALUE``: how it is configured, what breaks."""

DEFAULTS = {
    # Who it is.
    "dialect": "openpbs",  # or torque
    "server": "vm",
    "version": "23.06.06",  # torque: 6.1.2
    # What it has.
    "vnodes": 2,
    "ncpus": 4,  # of each vnode
    "mem": "8gb",  # of each vnode
    "ngpus": 0,  # of each vnode
    "queues": "workq",  # the first is the default
    "max_array_size": 10000,
    "max_queued": 0,  # jobs of a user that wait; 0: no limit
    "history": True,  # job_history_enable
    "history_duration": 1209600.0,
    "keep_completed": 300.0,  # torque: how long a job stays in state C
    # How quick it is, in seconds.
    "start_delay": 0.0,  # from qsub to the job's start
    "end_delay": 0.1,  # in state E, before output is delivered
    "undeliverable_delay": 2.0,  # in state E, where output can't be delivered
    "kill_delay": 2.0,  # from TERM to KILL
    "depend_delay": 0.5,  # until a job whose dependency fails is cancelled
    "usage_after": 3.0,  # resources_used are told of jobs that ran longer than this
    "login_shell": False,  # as PBS does; then the user's profile is read
    # Traps of the real one.
    "json_multi_id_bug": True,  # qstat -F json prints the first of several ids only
    "budget": 0,  # commands in budget_window; 0: no limit
    "budget_window": 60.0,
    "budget_penalty": 61.0,  # seconds that the next command takes
    "qstat_sleep": False,  # 200 ms if the user ran qstat in the same second
    "qsub_daemon": 0.0,  # seconds that qsub leaves a process that holds its descriptors
    # What breaks.
    "down": False,  # commands find no server; jobs go on
    "pause": False,  # commands get no answer until it is over
    "delay": 0.0,  # seconds before each answer
    "delay_qsub": 0.0,
    "delay_qstat": 0.0,
    "delay_qdel": 0.0,
    "drop_submits": 0,  # the next qsubs fail though their job was taken
    "fail": "",  # COMMAND:TIMES:STATUS[:TEXT], the command does nothing
    "banner_before": "",  # standard output begins with this line
    "banner_after": "",  # and ends with this one
    "banner_error": "",  # a line on standard error
    "json_broken": "",  # the id of a job whose JSON is not valid
    "json_truncated": 0,  # bytes that are left of qstat's JSON; 0: all
    "missing": "",  # ids, with commas: lists lack them; alone they are found
    "forgotten": "",  # ids, with commas: as if they had never been
    "state": "",  # ID:LETTER, what qstat tells of that job
    "refuse_x": False,  # qstat -x is no option here
    "nodes_down": "",  # vnodes, with commas: their jobs are requeued
    "undeliverable": False,  # no output can be delivered
}


class Settings:
    """Typed values by name, changed as text."""

    def __init__(self):
        self._values = dict(DEFAULTS)

    def __getattr__(self, name):
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(name) from None

    def set(self, name, text):
        """Sets a value; ValueError says what is wrong with it."""
        if name not in DEFAULTS:
            raise ValueError("no setting %s; there are: %s" % (name, " ".join(sorted(DEFAULTS))))
        self._values[name] = _parse(name, text)

    def reset(self, name):
        """Back to the default."""
        self._values[name] = DEFAULTS[name]

    def ids(self, name):
        """A list of ids."""
        return [each for each in self._values[name].split(",") if each]

    @property
    def torque(self):
        """Whether this is Torque rather than OpenPBS."""
        return self.dialect == "torque"

    @property
    def queue_names(self):
        """The first is the default."""
        return self.queues.split(",")

    def lines(self):
        """NAME=VALUE, sorted."""
        return ["%s=%s" % (name, _text(value)) for name, value in sorted(self._values.items())]


def _parse(name, text):
    kind = type(DEFAULTS[name])
    if kind is bool:
        if text not in ("on", "off"):
            raise ValueError("%s is on or off, not %s" % (name, text))
        return text == "on"
    try:
        return kind(text)
    except ValueError:
        raise ValueError("%s is no %s: %s" % (name, kind.__name__, text)) from None


def _text(value):
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
