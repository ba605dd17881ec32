# SPDX-License-Identifier: Apache-2.0
"""qstat and qselect."""

import getopt
import re
import time

from . import attributes, errors, render, units

USAGE = {
    "qstat": "usage: \nqstat [-f] [-J] [-p] [-t] [-x] [-E] [-F format] [-D delim] "
             "[ job_identifier... | destination... ]\n",
    "qselect": "usage: qselect [-a [op]date_time] [-A account_string] [-c [op]interval]\n",
}


def options(call, letters):
    """Options as a dictionary, and operands."""
    try:
        pairs, operands = getopt.gnu_getopt(call.argv, letters)
    except getopt.GetoptError as error:
        raise errors.usage("invalid option -- '%s'" % error.opt) from None
    return dict(pairs), operands


def full_id(server, text):
    """12, 12.vm, 12[], 12[3].vm as an id; None if it is none at all."""
    match = re.fullmatch(r"(\d+(?:\[[\d,-]*\])?)(?:\.([^@]+))?(?:@.*)?", text)
    if not match:
        return None
    if match[2] not in (None, server.settings.server):
        raise errors.malformed(text)
    return "%s.%s" % (match[1], server.settings.server)


def qstat(server, call):
    """Tells of jobs, queues or the server."""
    settings = server.settings
    letters = "aefiMGnqQrRBu:sxtW1l:" if settings.torque else "aBQf1inpqrsu:xHtJMGTwW:F:D:E"
    given, operands = options(call, letters)
    if "-x" in given and settings.refuse_x:
        raise errors.usage("invalid option -- 'x'")
    alternative = any(name in given for name in ("-a", "-u", "-i", "-r", "-n", "-s", "-H"))
    if "-F" in given and ("-f" not in given and not {"-B", "-Q"} & set(given) or alternative):
        call.say_error("qstat: conflicting options.\n")
        raise errors.usage("")
    if "-B" in given or "-Q" in given:
        server.tell_itself(call, given)
        return 0
    return _Answer(server, call, given, alternative).of(operands)


class _Answer:
    """One run of qstat for jobs."""

    def __init__(self, server, call, given, alternative):
        self.server = server
        self.settings = server.settings
        self.call = call
        self.given = given
        self.alternative = alternative
        self.clock = attributes.Clock(call.env.get("TZ"))
        self.history = "-x" in given or "-H" in given
        self.status = 0

    def of(self, operands):
        """Prints what was asked for; returns the exit status."""
        jobs = []
        if self.history and not self.settings.history and not self.settings.torque:
            self.call.say_error("qstat: PBS is not configured to maintain job history \n")
        elif operands:
            for operand in operands:
                jobs += self._asked(operand)
        else:
            jobs = self._all()
        if len(operands) > 1 and self.given.get("-F") == "json" and self.settings.json_multi_id_bug:
            jobs = jobs[:1]
        self.call.say(self._rendered(jobs))
        return self.status

    def _all(self):
        user = self.given.get("-u")
        missing = self.settings.ids("missing")
        jobs = []
        for job in self.server.store.top():
            if job.id in missing or not self._shown(job) or user and job.user not in user.split(","):
                continue
            if "-r" in self.given and job.state not in ("R", "S", "E", "B"):
                continue
            jobs += self._expanded(job)
        return jobs

    def _shown(self, job):
        if job.id in self.settings.ids("forgotten"):
            return False
        return job.state != "F" or self.history or self.settings.torque

    def _expanded(self, job):
        if not job.is_array or "-t" not in self.given:
            return [job]
        elements = self.server.store.all_elements(job)
        return elements if self.settings.torque else [job] + elements

    def _asked(self, operand):
        try:
            job_id = full_id(self.server, operand)
            if job_id is None:
                if operand in self.settings.queue_names:
                    return [job for job in self._all() if job.queue == operand]
                raise errors.PbsError(170, "Unknown queue destination %s" % operand)
            job = self.server.known(job_id)
        except errors.PbsError as error:
            self.call.say_error("qstat: %s\n" % error.text)
            self.status = error.status
            return []
        if job.state == "F" and not self.history and not self.settings.torque:
            self.call.say_error("qstat: %s Job has finished, use -x or -H to obtain historical job"
                                " information\n" % job.id)
            self.status = errors.FINISHED
            return []
        return self._expanded(job)

    def _rendered(self, jobs):
        torque = self.settings.torque
        if torque and "-x" in self.given:
            rows = [(job.id, attributes.torque(job, self.server, lambda t: str(int(t))))
                    for job in jobs]
            return render.xml(rows) if jobs else ""
        if "-f" in self.given:
            return self._full(jobs)
        if self.alternative:
            return render.alternative(
                self.settings.server, [self._alternative_row(job) for job in jobs])
        return render.brief([self._row(job) for job in jobs], torque)

    def _full(self, jobs):
        tell = attributes.torque if self.settings.torque else attributes.openpbs
        when = self.clock.ctime if self.settings.torque else self.clock
        named = [(job.id, tell(job, self.server, when)) for job in jobs]
        form = self.given.get("-F", "").lower()
        if form == "json":
            text = render.json_answer(time.time(), self.settings, "Jobs", named)
            return self._damaged(text)
        if form == "dsv":
            delimiter = self.given.get("-D", "|")
            return "".join(render.dsv(job_id, rows, delimiter) for job_id, rows in named)
        wide = "-w" in self.given or "-1" in self.given
        return "".join(render.full(job_id, rows, wide) for job_id, rows in named)

    def _damaged(self, text):
        broken = self.settings.json_broken
        if broken:
            text = text.replace('"%s":\t{\n' % broken, '"%s":\t{\n\t\t\t"Job_Name":\t"x"y",\n' % broken)
        if self.settings.json_truncated:
            text = text[:self.settings.json_truncated]
        return text

    def _row(self, job):
        state = self.server.told_state(job)
        if self.settings.torque:
            state = attributes.STATE_OF_TORQUE.get(state, state)
        spent = attributes.used(job, self.server).get("cput", "0")
        return job.id, job.name, job.user, spent, state, job.queue

    def _alternative_row(self, job):
        wall = job.resources.get("walltime", "--")
        elapsed = units.clock((job.obittime or time.time()) - job.stime)[:-3] if job.stime else "--"
        return (job.id, job.user, job.queue, job.name, job.session or "--",
                job.resources.get("nodect", "--"), job.resources.get("ncpus", "--"),
                job.resources.get("mem", "--"), wall if wall == "--" else wall[:-3],
                self.server.told_state(job), elapsed)


def qselect(server, call):
    """Ids of the jobs that fit."""
    given, _ = options(call, "a:A:c:h:HJl:N:p:q:r:s:t:Tu:xP:")
    history = "-x" in given or "-H" in given
    if history and not server.settings.history:
        call.say_error("qselect: PBS is not configured to maintain job history\n")
        return 0
    wanted = {"name": given.get("-N"), "queue": given.get("-q"), "account": given.get("-A"),
              "project": given.get("-P")}
    for job in server.store.top():
        elements = server.store.all_elements(job) if job.is_array and "-T" in given else [job]
        for each in elements:
            ended = each.state == "F"
            fits = all(value is None or getattr(each, key) == value
                       for key, value in wanted.items())
            fits = fits and (not ended or history) and each.id not in server.settings.ids("missing")
            fits = fits and each.id not in server.settings.ids("forgotten")
            fits = fits and each.state in given.get("-s", each.state)
            if fits and each.user in given.get("-u", each.user).split(","):
                call.say(each.id + "\n")
    return 0
