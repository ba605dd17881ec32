# SPDX-License-Identifier: Apache-2.0
"""What PBS tells of a job: [name, resource or None, text], in its order."""

import datetime
import time
import zoneinfo

from . import units

STATE_OF_TORQUE = {"F": "C", "X": "C", "B": "R"}


class Clock:
    """Writes times as ctime does, in the zone of the client who asks."""

    def __init__(self, zone):
        try:
            self._zone = zoneinfo.ZoneInfo(zone.lstrip(":")) if zone else None
        except (OSError, ValueError):  # an unknown zone is none, as in the C library
            self._zone = zoneinfo.ZoneInfo("UTC")

    def ctime(self, when):
        """Sat Nov 21 01:33:46 2026."""
        if self._zone is None:
            return time.ctime(when)
        local = datetime.datetime.fromtimestamp(int(when), self._zone)
        return local.strftime("%a %b ") + "%2d" % local.day + local.strftime(" %H:%M:%S %Y")


def escaped(value):
    """A value of Variable_List as the server tells it."""
    for char in "\\\"',":
        value = value.replace(char, "\\" + char)
    return value


def variables(job):
    """Variable_List."""
    return ",".join("%s=%s" % (name, escaped(value)) for name, value in job.variables)


def exec_host(job):
    """vm/0*2+vm/3."""
    parts = []
    for (_, chunk), index in zip(job.assigned, job.host_index):
        cpus = chunk.get("ncpus", "1")
        parts.append("%s/%d%s" % (job.server, index, "" if cpus == "1" else "*" + cpus))
    return "+".join(parts)


def exec_vnode(job):
    """(vm[0]:ncpus=2:mem=102400kb)+(vm[1]:ncpus=1)."""
    parts = []
    for vnode, chunk in job.assigned:
        words = [vnode]
        for name, value in sorted(chunk.items(), key=lambda pair: pair[0] != "ncpus"):
            if name in ("mem", "vmem"):
                value = "%dkb" % units.kilobytes(value)
            if name in ("ncpus", "mem", "vmem", "ngpus"):
                words.append("%s=%s" % (name, value))
        parts.append("(%s)" % ":".join(words))
    return "+".join(parts)


def depend(job, server):
    """Both ways: what it waits for, and what waits for it."""
    parts = []
    for kind, ids in job.depend:
        parts.append(":".join([kind] + ["%s@%s" % (each, job.server) for each in ids]))
    for other in server.store.top():
        for kind, ids in other.depend:
            if job.id in ids and other.state == "H":
                parts.append("%s:%s@%s" % (kind.replace("after", "before"), other.id, job.server))
    return ",".join(parts)


class _Rows(list):
    def add(self, name, value, when=True):
        """Unless there is nothing to tell."""
        if when and value not in ("", None):
            self.append((name, None, str(value)))

    def table(self, name, values):
        """One row for each, by name."""
        self.extend((name, key, str(values[key])) for key in sorted(values))


def openpbs(job, server, clock):
    """All of a job, as OpenPBS tells it."""
    rows = _Rows()
    rows.add("Job_Name", job.name)
    rows.add("Job_Owner", job.owner)
    rows.table("resources_used", used(job, server))
    rows.add("job_state", server.told_state(job))
    rows.add("queue", job.queue)
    rows.add("server", job.server)
    rows.add("Account_Name", job.account)
    rows.add("Checkpoint", "u", job.index is None)
    rows.add("ctime", clock.ctime(job.ctime))
    rows.add("depend", depend(job, server), job.index is None)
    rows.add("Error_Path", "localhost:" + path(job, job.stderr))
    rows.add("exec_host", exec_host(job))
    rows.add("exec_vnode", exec_vnode(job))
    rows.add("Execution_Time", clock.ctime(job.execution_time), job.execution_time)
    rows.add("group_list", job.group_list)
    rows.add("Hold_Types", job.hold or "n", job.index is None)
    rows.add("Join_Path", job.join)
    rows.add("Keep_Files", job.keep)
    rows.add("Mail_Points", job.mail)
    rows.add("mtime", clock.ctime(job.mtime))
    rows.add("Output_Path", "localhost:" + path(job, job.stdout))
    rows.add("Priority", job.priority)
    rows.add("qtime", clock.ctime(job.qtime))
    rows.add("Remove_Files", job.remove)
    rows.add("Rerunable", job.rerunable)
    rows.table("Resource_List", dict(job.resources))
    rows.add("stime", clock.ctime(job.stime), job.stime)
    rows.add("obittime", clock.ctime(job.obittime), job.obittime)
    rows.add("session_id", job.session, job.session and job.used)
    rows.add("Shell_Path_List", job.shell)
    rows.add("jobdir", server.job_home, job.used and not job.is_array)
    rows.add("substate", job.substate)
    rows.append(("Variable_List", None, variables(job)))
    rows.add("comment", job.comment)
    rows.add("etime", clock.ctime(job.etime))
    rows.add("run_count", job.run_count or None)
    rows.add("Stageout_status", job.stageout)
    rows.add("Exit_status", job.exit_status)
    rows.add("Submit_arguments", " ".join(job.arguments), job.index is None)
    _command_rows(rows, job)
    _array_rows(rows, job, server)
    rows.add("history_timestamp", int(job.history) or None)
    rows.add("project", job.project)
    rows.add("Submit_Host", "localhost")
    return rows


def _command_rows(rows, job):
    if not job.command:
        return
    tag = "<jsdl-hpcpa:%s>%s</jsdl-hpcpa:%s>"
    rows.add("executable", tag % ("Executable", job.command[0], "Executable"))
    words = [tag % ("Argument", word, "Argument") for word in job.command[1:]]
    rows.add("argument_list", "".join(words))


def _array_rows(rows, job, server):
    if job.index is not None and (job.assigned or not job.ended):
        rows.add("array_id", server.store.parent(job).id)
        rows.add("array_index", job.index)
    if not job.is_array:
        return
    begun = server.store.elements(job).values()
    waiting = server.store.waiting(job)
    running = sum(each.state in ("R", "S") for each in begun)
    exiting = sum(each.state == "E" for each in begun)
    expired = sum(each.ended for each in begun) if job.state == "B" else 0
    rows.add("array", True)
    rows.add("array_state_count", "Queued:%d Running:%d Exiting:%d Expired:%d" % (
        len(waiting), running, exiting, expired))
    rows.add("array_indices_submitted", job.range)
    rows.add("array_indices_remaining", units.ranges(waiting))
    rows.add("max_run_subjobs", job.max_run or None)


def path(job, template):
    """Of an element's own output, as soon as it has begun."""
    if job.index is None or not job.assigned:
        return template
    return template.replace("^array_index^", str(job.index))


def used(job, server):
    """resources_used, which PBS has of a job that ends or has been polled."""
    if job.used or job.is_array or job.state != "R":
        return dict(job.used)
    passed = time.time() - job.stime
    if passed < server.settings.usage_after:
        return {}
    return usage(job, passed, 0, 0)


def usage(job, wall, cput, memory):
    """resources_used of so many seconds and kilobytes."""
    return {
        "cpupercent": 0, "cput": units.clock(cput), "mem": "%dkb" % memory,
        "ncpus": sum(int(chunk.get("ncpus", 1)) for _, chunk in job.assigned),
        "vmem": "%dkb" % (2 * memory), "walltime": units.clock(wall)}


def torque(job, server, when):
    """All of a job, as Torque tells it; when writes a time."""
    rows = _Rows()
    rows.add("Job_Name", job.name)
    rows.add("Job_Owner", job.owner)
    spent = {k: v for k, v in used(job, server).items() if k in ("cput", "mem", "vmem", "walltime")}
    rows.table("resources_used", spent)
    state = server.told_state(job)
    rows.add("job_state", STATE_OF_TORQUE.get(state, state))
    rows.add("queue", job.queue)
    rows.add("server", job.server)
    rows.add("Account_Name", job.account)
    rows.add("Checkpoint", "u")
    rows.add("ctime", when(job.ctime))
    rows.add("depend", depend(job, server))
    rows.add("Error_Path", "localhost:" + job.stderr)
    rows.add("exec_host", _torque_hosts(job))
    rows.add("Execution_Time", when(job.execution_time), job.execution_time)
    rows.add("group_list", job.group_list)
    rows.add("Hold_Types", job.hold or "n")
    rows.add("Join_Path", job.join)
    rows.add("Keep_Files", job.keep)
    rows.add("Mail_Points", job.mail)
    rows.add("mtime", when(job.mtime))
    rows.add("Output_Path", "localhost:" + job.stdout)
    rows.add("Priority", job.priority)
    rows.add("qtime", when(job.qtime))
    rows.add("Rerunable", job.rerunable)
    rows.table("Resource_List", dict(job.resources))
    rows.add("session_id", job.session or None)
    rows.append(("Variable_List", None, variables(job)))
    rows.add("comment", job.comment)
    rows.add("euser", job.user)
    rows.add("egroup", job.user)
    rows.add("queue_type", "E")
    rows.add("etime", when(job.etime))
    rows.add("exit_status", job.exit_status)
    rows.add("submit_args", " ".join(job.arguments))
    rows.add("job_array_id", job.index)
    rows.add("start_time", when(job.stime), job.stime)
    rows.add("start_count", job.run_count or None)
    rows.add("fault_tolerant", False)
    rows.add("comp_time", when(job.history), job.history)
    rows.add("job_radix", 0)
    rows.add("total_runtime", "%.6f" % (job.obittime - job.stime), job.obittime)
    rows.add("submit_host", "localhost")
    rows.add("init_work_dir", job.workdir)
    rows.add("request_version", 1)
    return rows


def _torque_hosts(job):
    parts = []
    for (_, chunk), first in zip(job.assigned, job.host_index):
        cpus = range(first, first + int(chunk.get("ncpus", 1)))
        parts.append("%s/%s" % (job.server, units.ranges(cpus)))
    return "+".join(parts)
