# SPDX-License-Identifier: Apache-2.0
"""qdel, qhold, qrls, qrerun, qsig, qmgr and pbs-fault."""

import re
import signal

from . import errors
from .query import full_id, options


def qdel(server, call):
    """Deletes jobs; of each kind of bad id the first one is named only, as PBS does."""
    given, operands = options(call, "W:xapm:t:")
    by = "%s@localhost" % server.user
    status, named = 0, set()
    for operand in operands:
        try:
            for job in _jobs(server, operand):
                if job.ended and job.state != "X":
                    if "-x" in given and job.index is None:
                        server.store.forget(job)
                        continue
                    raise _finished(server, "qdel", job)
                server.scheduler.delete(job, by, given.get("-W") == "force")
                if "-x" in given and job.ended:
                    server.store.forget(job)
        except errors.PbsError as error:
            status = error.status
            if server.settings.torque or error.status not in named:
                call.say_error("qdel: %s\n" % error.text)
            named.add(error.status)
    return status


def _jobs(server, operand):
    """What an id names; 84[2-3].vm names several."""
    job_id = full_id(server, operand)
    if job_id is None:
        raise errors.malformed(operand)
    match = re.fullmatch(r"(\d+)\[(\d+)-(\d+)\](\..*)", job_id)
    if not match:
        return [server.known(job_id)]
    indices = range(int(match[2]), int(match[3]) + 1)
    return [server.known("%s[%d]%s" % (match[1], index, match[4])) for index in indices]


def _finished(server, command, job):
    if server.settings.torque:
        return errors.PbsError(170, "Request invalid for state of job MSG=invalid state for job"
                                    " - COMPLETE %s" % job.id)
    words = "Job has finished %s" % job.id if command == "qdel" else "Job has finished"
    return errors.PbsError(errors.FINISHED, words)


def _each(server, call, letters, action):
    given, operands = options(call, letters)
    status = 0
    for operand in operands:
        try:
            for job in _jobs(server, operand):
                if job.state == "F":
                    raise _finished(server, call.name, job)
                action(job, given)
        except errors.PbsError as error:
            status = error.status
            call.say_error("%s: %s\n" % (call.name, error.text))
    return status


def qhold(server, call):
    """Holds jobs."""
    return _each(server, call, "h:",
                 lambda job, given: server.scheduler.hold(job, given.get("-h", "u")))


def qrls(server, call):
    """Releases jobs."""
    return _each(server, call, "h:",
                 lambda job, given: server.scheduler.release(job, given.get("-h", "u")))


def qrerun(server, call):
    """Lets running jobs run again."""
    def action(job, _):
        if job.state != "R" or not job.rerunable:
            raise errors.PbsError(errors.BAD_STATE, "Request invalid for state of job %s" % job.id)
        server.scheduler.requeue(job)
    return _each(server, call, "W:", action)


def qsig(server, call):
    """Sends signals; suspend and resume are two of them."""
    def action(job, given):
        name = given.get("-s", "TERM")
        if job.state not in ("R", "S"):
            raise errors.PbsError(errors.BAD_STATE, "Request invalid for state of job %s" % job.id)
        if name in ("suspend", "resume"):
            job.state, job.substate = ("S", 43) if name == "suspend" else ("R", 42)
            name = "STOP" if name == "suspend" else "CONT"
            server.store.save(job)
        number = int(name) if name.isdigit() else getattr(signal, "SIG" + name.upper(), None)
        if number is None:
            raise errors.PbsError(165, "Unknown/illegal signal name %s" % job.id)
        server.runner.signal(job, number)
    return _each(server, call, "s:", action)


def qalter(server, call):
    """Changes a name, the output or the limit of a job."""
    def action(job, given):
        job.name = given.get("-N", job.name)
        if "-l" in given and given["-l"].startswith("walltime="):
            job.resources["walltime"] = given["-l"].partition("=")[2]
        server.store.save(job)
    return _each(server, call, "a:A:c:e:h:j:k:l:m:M:N:o:p:r:R:S:u:W:P:", action)


# What qmgr sets, and the setting that it is here.
ATTRIBUTES = {
    "job_history_enable": "history",
    "job_history_duration": "history_duration",
    "max_array_size": "max_array_size",
    "keep_completed": "keep_completed",
}


def qmgr(server, call):
    """qmgr -c 'set server NAME = VALUE', for the few that tests need."""
    given, _ = options(call, "ac:enz")
    command = given.get("-c") or call.stdin().decode()
    if command.startswith(("p", "l")):
        for name in server.settings.queue_names:
            call.say("create queue %s\nset queue %s queue_type = Execution\n" % (name, name))
        call.say("set server max_array_size = %d\n" % server.settings.max_array_size)
        return 0
    limit = re.fullmatch(r"set server max_queued\s*=\s*\[?u:PBS_GENERIC=(\d+)\]?\s*", command)
    plain = re.fullmatch(r"set server (\w+)\s*=\s*(\S+)\s*", command)
    unset = re.fullmatch(r"unset server (\w+)\s*", command)
    if limit:
        server.set("max_queued", limit[1])
    elif plain and plain[1] in ATTRIBUTES:
        value = {"true": "on", "false": "off"}.get(plain[2].lower(), plain[2])
        server.set(ATTRIBUTES[plain[1]], value)
    elif unset and unset[1] == "max_queued":
        server.set("max_queued", "0")
    else:
        call.say_error("qmgr: Syntax error\n")
        return 1
    return 0


def fault(server, call):
    """pbs-fault NAME=VALUE … sets; pbs-fault clear [NAME …] takes back; without, it lists."""
    if call.argv[:1] == ["clear"]:
        server.clear(call.argv[1:])
        return 0
    if not call.argv:
        call.say("\n".join(server.settings.lines()) + "\n")
        return 0
    for word in call.argv:
        name, equals, value = word.partition("=")
        try:
            if not equals:
                raise ValueError("NAME=VALUE is wanted, not %s" % word)
            server.set(name, value)
        except ValueError as error:
            call.say_error("pbs-fault: %s\n" % error)
            return 2
    return 0
