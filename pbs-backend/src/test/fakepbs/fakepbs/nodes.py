# SPDX-License-Identifier: Apache-2.0
"""The vnodes: what is free on them, and pbsnodes."""

import time
from xml.sax.saxutils import escape

from . import errors, render, units
from .query import options

COUNTED = ("ncpus", "ngpus", "mem")


class Nodes:
    """One host with some vnodes, named vm[0], vm[1] …"""

    def __init__(self, server):
        self._server = server

    @property
    def names(self):
        """All vnodes."""
        settings = self._server.settings
        return ["%s[%d]" % (settings.server, i) for i in range(settings.vnodes)]

    def capacity(self):
        """What each vnode has."""
        settings = self._server.settings
        return {"ncpus": settings.ncpus, "ngpus": settings.ngpus,
                "mem": units.kilobytes(settings.mem)}

    def jobs(self):
        """Those that hold resources."""
        return [job for job in self._server.store.real() if job.active]

    def free(self):
        """What is left of each vnode that is up."""
        down = self._server.settings.ids("nodes_down")
        left = {name: self.capacity() for name in self.names if name not in down}
        for job in self.jobs():
            for vnode, chunk in job.assigned:
                if vnode in left:
                    _take(left[vnode], chunk)
        return left

    def place(self, job):
        """Gives the job its vnodes; returns why not, or None."""
        left = self.free()
        assigned = _fit(job.chunks, left)
        if assigned is None:
            return self._why_not(job)
        used = {index for other in self.jobs() for index in other.host_index}
        job.assigned = assigned
        job.host_index = []
        for _, chunk in assigned:
            index = min(set(range(len(used) + 1)) - used)
            width = int(chunk.get("ncpus", 1)) if self._server.settings.torque else 1
            used.update(range(index, index + width))
            job.host_index.append(index)
        return None

    def _why_not(self, job):
        never = _fit(job.chunks, {name: self.capacity() for name in self.names}) is None
        start = "Can Never Run" if never else "Not Running"
        for name in COUNTED:
            asked = sum(_amount(chunk, name) for chunk in job.chunks)
            total = self.capacity()[name] * len(self.names)
            free = sum(left[name] for left in self.free().values())
            if asked > (total if never else free):
                there = total if never else free
                return "%s: Insufficient amount of resource: %s (R: %s A: %s T: %s)" % (
                    start, name, _shown(name, asked), _shown(name, there), _shown(name, total))
        return "%s: Not enough free nodes available" % start


def _fit(chunks, left):
    left = {name: dict(values) for name, values in left.items()}
    assigned = []
    for chunk in chunks:
        for name, values in left.items():
            if all(_amount(chunk, each) <= values[each] for each in COUNTED):
                _take(values, chunk)
                assigned.append([name, chunk])
                break
        else:
            return None
    return assigned


def _take(values, chunk):
    for name in COUNTED:
        values[name] -= _amount(chunk, name)


def _amount(chunk, name):
    value = chunk.get(name, "0")
    return units.kilobytes(value) if name == "mem" else int(value)


def _shown(name, amount):
    return units.size(amount) if name == "mem" else str(amount)


# ---- pbsnodes

def pbsnodes(server, call):
    """Tells of the nodes."""
    if server.settings.torque:
        return _torque(server, call)
    given, operands = options(call, "aSjvF:D:lHL")
    known = ["localhost"] + server.nodes.names
    status = 0
    for name in operands:
        if name not in known:
            call.say_error("Node: %s,  Error: Unknown node \n" % name)
            status = 1
    each_vnode = "-v" in given or operands
    rows = _vnodes(server) if each_vnode else [_host(server)]
    rows = [row for row in rows if not operands or row[0] in operands]
    if "-F" in given:
        call.say(_json(server, rows, each_vnode))
    elif rows:
        call.say("".join(_text(name, attributes) for name, attributes in rows))
    return status


def _used(server, vnode):
    total = server.nodes.capacity()
    left = server.nodes.free().get(vnode, total)
    return {name: total[name] - left[name] for name in COUNTED}


def _state(server, names):
    down = server.settings.ids("nodes_down")
    if all(name in down for name in names):
        return "down"
    used = [_used(server, name)["ncpus"] for name in names]
    return "job-busy" if min(used) >= server.settings.ncpus else "free"


def _running_on(server, names):
    running = []
    for job in server.nodes.jobs():
        for (vnode, _), index in zip(job.assigned, job.host_index):
            if vnode in names:
                running.append("%s/%d" % (job.id, index))
    return ", ".join(running)


def _attributes(server, name, vnode, names):
    settings = server.settings
    total = server.nodes.capacity()
    used = [_used(server, each) for each in names]
    rows = [("Mom", None, "localhost"), ("ntype", None, "PBS"),
            ("state", None, _state(server, names)),
            ("pcpus", None, str(settings.ncpus) if len(names) == 1 else "<various>")]
    running = _running_on(server, names)
    if running:
        rows.append(("jobs", None, running))
    available = {"arch": "linux", "host": "localhost",
                 "mem": settings.mem if len(names) == 1 else "%dkb" % (total["mem"] * len(names)),
                 "ncpus": str(total["ncpus"] * len(names)), "vnode": vnode}
    if settings.ngpus:
        available["ngpus"] = str(settings.ngpus * len(names))
    assigned = {"mem": "%dkb" % sum(each["mem"] for each in used),
                "ncpus": str(sum(each["ncpus"] for each in used)), "vmem": "0kb"}
    if settings.ngpus:
        assigned["ngpus"] = str(sum(each["ngpus"] for each in used))
    rows += [("resources_available", key, available[key]) for key in sorted(available)]
    rows += [("resources_assigned", key, assigned[key]) for key in sorted(assigned)]
    rows += [("resv_enable", None, "True"), ("sharing", None, "default_shared"),
             ("license", None, "l"),
             ("last_state_change_time", None, str(int(server.started)))]
    return name, rows


def _vnodes(server):
    return [_attributes(server, name, name, [name]) for name in server.nodes.names]


def _host(server):
    return _attributes(server, "localhost", "<various>", server.nodes.names)


def _text(name, rows):
    lines = [name]
    for key, resource, value in rows:
        if key == "last_state_change_time":
            value = time.ctime(int(value))
        lines.append("     %s = %s" % (render.label(key, resource), value))
    return "\n".join(lines) + "\n\n"


def _json(server, rows, each_vnode):
    named = []
    for name, attributes in rows:
        if not each_vnode:
            attributes = [(k, r, "<various>" if k == "last_state_change_time" else v)
                          for k, r, v in attributes]
        fields = []
        for key, resource, value in attributes:
            if key == "resources_assigned":
                if not fields or fields[-1][0] != key:
                    fields.append((key, []))
                if not value.startswith("0"):
                    fields[-1][1].append((resource, render.guessed(value)))
            elif key == "jobs":
                ids = [render.string(each.partition("/")[0]) for each in value.split(", ")]
                fields.append((key, "[%s]" % ", ".join(dict.fromkeys(ids))))
            elif resource is not None:
                if not fields or fields[-1][0] != key:
                    fields.append((key, []))
                fields[-1][1].append((resource, render.guessed(value)))
            else:
                fields.append((key, render.guessed(value)))
        named.append((name, render.json_object(
            [(key, render.json_object(value, 3) if isinstance(value, list) else value)
             for key, value in fields], 2)))
    settings = server.settings
    header = [("timestamp", str(int(time.time()))), ("pbs_version", render.string(settings.version)),
              ("pbs_server", render.string(settings.server)),
              ("nodes", render.json_object(named, 1))]
    return render.json_object(header, 0) + "\n"


def _torque(server, call):
    given, operands = options(call, "acdlnoN:qrsx")
    if operands and operands != [server.settings.server]:
        call.say_error("pbsnodes: Unknown node  MSG=cannot locate specified node\n")
        return errors.UNKNOWN_RESOURCE
    settings = server.settings
    names = server.nodes.names
    running = []
    for job in server.nodes.jobs():
        for (_, chunk), first in zip(job.assigned, job.host_index):
            cpus = range(first, first + int(chunk.get("ncpus", 1)))
            running.append("%s/%s" % (units.ranges(cpus), job.id))
    cores = settings.ncpus * len(names)
    memory = "%dkb" % (server.nodes.capacity()["mem"] * len(names))
    state = _state(server, names).replace("job-busy", "job-exclusive")
    rows = [("state", state), ("power_state", "Running"), ("np", str(cores)), ("ntype", "cluster"),
            ("jobs", ",".join(running)),
            ("status", "rectime=%d,state=free,ncpus=%d,physmem=%s,totmem=%s" % (
                time.time(), cores, memory, memory)),
            ("gpus", str(settings.ngpus * len(names)))]
    rows = [(name, value) for name, value in rows if value]
    if "-x" in given:
        inner = "".join("<%s>%s</%s>" % (name, escape(value), name) for name, value in rows)
        call.say("<Data><Node><name>%s</name>%s</Node></Data>\n" % (settings.server, inner))
    else:
        lines = ["     %s = %s" % row for row in rows]
        call.say("%s\n%s\n\n" % (settings.server, "\n".join(lines)))
    return 0
