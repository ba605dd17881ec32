# SPDX-License-Identifier: Apache-2.0
"""The life of jobs: what waits, starts, is killed, ends and is forgotten."""

import time

from . import attributes, units
from .runner import KILL, TERM

DELETED, DONE, FAILED = 91, 92, 93


class Scheduler:
    """All its methods want the server's lock."""

    def __init__(self, server):
        self._server = server
        self._store = server.store
        self._runner = server.runner

    @property
    def _settings(self):
        return self._server.settings

    # ---- what commands ask for

    def enqueue(self, job):
        """Takes a new job."""
        if job.depend:
            job.hold += "s"
        self._wait(job)
        self._store.save(job)

    def _wait(self, job):
        if job.hold:
            job.state, job.substate = "H", 22 if "s" in job.hold else 20
        elif job.execution_time > time.time():
            job.state, job.substate = "W", 30
        else:
            job.state, job.substate = "Q", 10

    def hold(self, job, letters):
        """Holds a job that waits."""
        job.hold = "".join(sorted(set(job.hold + letters)))
        if job.state in ("Q", "W", "H"):
            self._wait(job)
        self._touch(job)

    def release(self, job, letters):
        """Takes a hold away."""
        job.hold = "".join(letter for letter in job.hold if letter not in letters)
        if job.state == "H":
            self._wait(job)
        self._touch(job)

    def delete(self, job, by, force=False):
        """Ends a job, an array or an element, whatever it does."""
        if job.is_array:
            for element in self._store.all_elements(job):
                if not element.ended:
                    self.delete(element, by, force)
            job.deleter = by
            job.ending = "deleted"
            self._touch(job)
            self._end_array(job)
        elif job.state in ("R", "S"):
            job.deleter = by
            self.kill(job, "deleted", force)
            if force:
                self._exited(job, {"code": 271, "cput": 0, "mem": 0})
                self._finish(job)
        elif job.state != "E":
            job.substate = DELETED
            if job.index is not None:
                job.comment, job.exit_status = "Subjob finished", 1
            if self._settings.torque:
                job.exit_status = 271
            self._finish(job)

    def kill(self, job, why, force=False):
        """TERM, and KILL if that does not help in time."""
        job.ending = job.ending or why
        job.terminated = False
        job.deadline = time.time() + (0 if force else self._settings.kill_delay)
        if not force and why != "requeue":
            job.terminated = self._runner.signal(job, TERM) > 0
        else:
            job.deadline = time.time()
            self._runner.signal(job, KILL)
        if job.state == "S":
            self._runner.signal(job, 18)  # CONT, that it sees TERM
        self._touch(job)

    def requeue(self, job):
        """Lets a running job run again."""
        self.kill(job, "requeue")

    def _touch(self, job):
        job.mtime = time.time()
        self._store.save(job)

    # ---- what happens by itself

    def tick(self):
        """One look at everything."""
        now = time.time()
        for job in self._store.real():
            if job.state in ("R", "S"):
                self._watch(job, now)
            elif job.state == "E" and now >= job.deadline:
                self._exit(job, now)
        self._lose_nodes()
        self._dependencies(now)
        self._start_jobs(now)
        self._forget(now)

    def _watch(self, job, now):
        end = self._runner.end(job)
        if end is not None:
            if job.ending and now < job.deadline and self._runner.signal(job, 0):
                return  # what was told TERM may still clean up
            self._runner.signal(job, KILL)
            self._exited(job, end)
            return
        limit = job.resources.get("walltime")
        if job.ending and not job.terminated and now < job.deadline:
            job.terminated = self._runner.signal(job, TERM) > 0
        elif job.ending and now >= job.deadline:
            self._runner.signal(job, KILL)
        elif not job.ending and limit and now - job.stime > max(units.seconds(limit), 1):
            self._runner.tell_overrun(job, limit)
            self.kill(job, "walltime")

    def _exited(self, job, end):
        now = time.time()
        if job.ending == "requeue":
            self._again(job)
            return
        wall = now - job.stime
        job.used = attributes.usage(job, wall, end["cput"], end["mem"])
        job.exit_status = end["code"]
        if job.ending == "deleted":
            job.exit_status = 271
        elif job.ending == "walltime":
            job.exit_status = -11 if self._settings.torque else -29
        job.obittime = job.mtime = now
        job.state, job.substate = "E", 51
        job.deadline = now + self._settings.end_delay
        self._store.save(job)

    def _again(self, job):
        self._runner.clean(job)
        job.ending, job.stime, job.session = "", 0.0, 0
        job.assigned, job.host_index, job.comment = [], [], ""
        self._wait(job)
        self._touch(job)

    def _exit(self, job, now):
        """From E to the end; what can't be delivered takes its time."""
        if self._runner.deliver(job):
            if not job.remove:
                job.stageout = 1
        elif now < job.obittime + self._settings.undeliverable_delay:
            return
        else:
            self._runner.put_aside(job)
            job.stageout = 0
        self._finish(job)

    def _finish(self, job):
        now = time.time()
        job.history = job.mtime = now
        if job.substate not in (DELETED, DONE, FAILED):
            job.substate = DELETED if job.ending == "deleted" else (
                DONE if job.exit_status == 0 else FAILED)
        if job.assigned:
            job.comment += _ending(job)
        job.state = "F" if job.index is None or self._settings.torque else "X"
        self._runner.clean(job)
        self._store.save(job)
        if job.index is not None:
            array = self._store.parent(job)
            array.exit_status = job.exit_status if job.exit_status in (0, None) else 1
            array.stageout = 1
            self._store.save(array)
            self._end_array(array)

    def _end_array(self, array):
        elements = self._store.elements(array)
        if array.ended or len(elements) < len(array.indices):
            return
        if not all(element.ended for element in elements.values()):
            return
        now = time.time()
        failed = any(each.exit_status != 0 for each in elements.values())
        array.state = "F"
        array.substate = DELETED if array.ending else FAILED if failed else DONE
        word = "terminated" if array.ending else "failed" if failed else "finished"
        if array.comment:
            array.comment += " and " + word
        array.obittime = array.history = array.mtime = now
        for element in elements.values():
            element.state = "F"
            element.mtime = now
        self._store.save(array, *elements.values())

    # ---- waiting and starting

    def _lose_nodes(self):
        down = self._settings.ids("nodes_down")
        for job in self._server.nodes.jobs():
            if job.state == "R" and any(vnode in down for vnode, _ in job.assigned):
                job.deleter = "root@localhost"
                self.kill(job, "requeue" if job.rerunable else "deleted")

    def _dependencies(self, now):
        for job in self._store.top():
            if job.state != "H" or not job.depend:
                continue
            answers = [self._satisfied(job, kind, each) for kind, ids in job.depend for each in ids]
            if False in answers:
                if now < job.mtime + self._settings.depend_delay:
                    continue
                job.substate = DONE
                self._finish(job)
            elif None not in answers and "s" in job.hold:
                job.depend = []
                self.release(job, "s")

    def _satisfied(self, job, kind, text):
        """True, False for never, or None for not yet."""
        name = "%s.%s" % (text.partition("@")[0].partition(".")[0], self._settings.server)
        parent = self._store.jobs.get(name)
        if parent is None:
            return False
        if kind == "after":
            return True if parent.stime or parent.ended else None
        if not parent.ended:
            return None
        if parent.substate == DONE and not parent.stime:
            return False  # it was cancelled by its own dependency, and that goes on
        if not parent.stime:
            # Deleted before it ran: who waited for it waits for ever, who comes later does not.
            return None if parent.history > job.ctime else True
        if kind == "afterany":
            return True
        good = parent.is_array or parent.substate == DONE
        return good if kind == "afterok" else not good

    def _start_jobs(self, now):
        for job in self._candidates(now):
            trouble = self._server.nodes.place(job)
            if trouble is None:
                self._run(job)
            elif job.comment != trouble:
                job.comment = trouble
                self._store.save(self._kept(job))

    def _kept(self, job):
        """Elements that have not begun are known by their array only."""
        if job.index is None or job.id in self._store.jobs:
            return job
        array = self._store.parent(job)
        if array.state == "Q":
            array.comment = job.comment
        return array

    def _candidates(self, now):
        for job in self._store.top():
            if job.state == "W" and job.execution_time <= now:
                self._wait(job)
                self._touch(job)
            if now < job.ctime + self._settings.start_delay:
                continue
            if not job.is_array:
                if job.state == "Q":
                    yield job
            elif job.state in ("Q", "B"):
                yield from self._next_elements(job)

    def _next_elements(self, array):
        for index in self._store.waiting(array):
            begun = self._store.elements(array)
            running = sum(element.active for element in begun.values())
            if array.max_run and running >= array.max_run:
                return
            job = begun.get(index) or array.element(index, time.time())
            if job.state == "Q":
                yield job
                if not job.active:
                    return  # the next ones ask for the same

    def _run(self, job):
        now = time.time()
        job.state, job.substate = "R", 41 if not self._settings.torque else 42
        job.stime = job.mtime = now
        job.run_count += 1
        place = attributes.exec_vnode(job)
        job.comment = "Job run at %s on %s" % (_at(now), place)
        self._store.save(job)
        if job.index is not None:
            array = self._store.parent(job)
            if array.state == "Q":
                array.state, array.substate, array.stime = "B", 70, now
                array.comment = "Job Array Began at %s" % _at(now)
                self._touch(array)
        self._runner.start(job)
        self._store.save(job)

    def _forget(self, now):
        settings = self._settings
        for job in self._store.top():
            if job.state != "F":
                continue
            kept = settings.keep_completed if settings.torque else (
                settings.history_duration if settings.history else 0)
            if now > job.history + kept:
                self._store.forget(job, *list(self._store.elements(job).values())
                                   if job.is_array else ())


def _at(when):
    return time.strftime("%a %b %d at %H:%M", time.localtime(when))


def _ending(job):
    if job.ending == "deleted":
        return " and terminated by " + job.deleter
    if job.ending == "walltime":
        return " and exceeded resource walltime"
    return " and finished" if job.exit_status == 0 else " and failed"
