# SPDX-License-Identifier: Apache-2.0
"""The part of PBS's mom: runs jobs, signals them, and brings their output home."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

from . import units

SHEPHERD = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "shepherd.py")


class Runner:
    """Files of a job are in its spool under the job's id."""

    def __init__(self, server, home):
        self._server = server
        self._spool = os.path.join(home, "spool")
        self._undelivered = os.path.join(home, "undelivered")
        self._children = {}
        for folder in (self._spool, self._undelivered):
            os.makedirs(folder, exist_ok=True)

    def _file(self, job, suffix):
        return os.path.join(self._spool, job.id + suffix)

    def spool(self, job, script):
        """Keeps the script; elements have that of their array."""
        file = self._file(job, ".SC")
        with open(file, "w", encoding="utf-8", errors="surrogateescape", newline="") as out:
            out.write(script)
        os.chmod(file, 0o700)

    # ---- starting

    def start(self, job):
        """Runs the job in a session of its own, below a shepherd."""
        for suffix in (".OU", ".ER", ".status"):
            if os.path.exists(self._file(job, suffix)):
                os.unlink(self._file(job, suffix))
        with open(self._file(job, ".NF"), "w", encoding="utf-8") as nodes:
            for _, chunk in job.assigned:
                nodes.write("localhost\n" * int(chunk.get("mpiprocs", 1)))
        scratch = os.path.join(self._spool, "tmp." + job.id)
        os.makedirs(scratch, exist_ok=True)
        with open(self._file(job, ".run"), "w", encoding="utf-8") as out:
            json.dump(self._plan(job, scratch), out)
        child = subprocess.Popen(
            [sys.executable, "-S", "-E", "-s", "-X", "utf8", SHEPHERD, self._file(job, ".run")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
        self._children[child.pid] = child
        job.session = child.pid

    def _plan(self, job, scratch):
        stdout, stderr = self._live_paths(job)
        plan = {"stdin": "/dev/null", "stdout": stdout, "stderr": stderr,
                "cwd": self._server.job_home, "env": self._environment(job, scratch),
                "status": self._file(job, ".status")}
        if job.command:
            plan["argv"] = list(job.command)
            plan["argv0"] = job.command[0]
            return plan
        shell = job.shell or self._server.shell
        script = self._script_path(job)
        with open(self._file(job, ".IN"), "w", encoding="utf-8") as out:
            out.write(script.replace("[", "\\[").replace("]", "\\]") + "\n")
        login = "-" if self._server.settings.login_shell else ""
        plan.update(stdin=self._file(job, ".IN"), argv=[shell],
                    argv0=login + os.path.basename(shell))
        return plan

    def _script_path(self, job):
        if job.index is None:
            return self._file(job, ".SC")
        own = self._file(job, ".SC")
        shutil.copy2(self._file(self._server.store.parent(job), ".SC"), own)
        return own

    def _environment(self, job, scratch):
        cpus = sum(int(chunk.get("ncpus", 1)) for _, chunk in job.assigned)
        env = {
            "ENVIRONMENT": "BATCH", "HOME": self._server.job_home,
            "LOGNAME": self._server.user, "USER": self._server.user,
            "SHELL": self._server.shell, "PATH": "/usr/local/bin:/usr/bin:/bin",
            "NCPUS": str(cpus), "OMP_NUM_THREADS": str(cpus), "TMPDIR": scratch,
            "PBS_ENVIRONMENT": "PBS_BATCH", "PBS_JOBCOOKIE": "%032X" % job.sequence,
            "PBS_JOBDIR": self._server.job_home, "PBS_JOBID": job.id, "PBS_JOBNAME": job.name,
            "PBS_MOMPORT": "15003", "PBS_NODEFILE": self._file(job, ".NF"), "PBS_NODENUM": "0",
            "PBS_QUEUE": job.queue, "PBS_TASKNUM": "1"}
        env.update({name: value for name, value in job.variables})
        if job.index is not None and self._server.settings.torque:
            env["PBS_ARRAYID"] = str(job.index)
        elif job.index is not None:
            env["PBS_ARRAY_INDEX"] = str(job.index)
            env["PBS_ARRAY_ID"] = self._server.store.parent(job).id
        return env

    # ---- output

    def _streams(self, job):
        """(letter, file in the spool, where it goes) of each stream that is not joined."""
        targets = {"o": (".OU", job.stdout), "e": (".ER", job.stderr)}
        joined = {"oe": "o", "eo": "e"}.get(job.join)
        return [(letter, self._file(job, suffix), self._target(job, path, suffix))
                for letter, (suffix, path) in targets.items() if joined in (None, letter)]

    def _target(self, job, path, suffix):
        index = "" if job.index is None else str(job.index)
        if "^array_index^" in path:
            path = path.replace("^array_index^", index)
        elif job.index is not None and self._server.settings.torque:
            path = "%s-%s" % (path, index)
        if path.endswith("/") or os.path.isdir(path):
            path = os.path.join(path, job.id + suffix)
        return path

    def _live_paths(self, job):
        paths = {}
        for letter, spooled, target in self._streams(job):
            direct = "d" in job.keep and letter in job.keep and _openable(target)
            paths[letter] = target if direct else spooled
        return paths.get("o") or paths["e"], paths.get("e") or paths["o"]

    def deliver(self, job):
        """Brings output to where it belongs; False if that can't be."""
        good = True
        for letter, spooled, target in self._streams(job):
            removed = letter in job.remove and job.exit_status == 0
            if not os.path.exists(spooled) or target == "/dev/null" or removed:
                continue
            if self._server.settings.undeliverable or not _copied(spooled, target):
                good = False
        return good

    def put_aside(self, job):
        """Keeps what could not be delivered."""
        for _, spooled, _ in self._streams(job):
            if os.path.exists(spooled):
                shutil.copy(spooled, self._undelivered)

    def clean(self, job):
        """Removes what is not needed after the end."""
        for suffix in (".OU", ".ER", ".IN", ".NF", ".run", ".status"):
            if os.path.exists(self._file(job, suffix)):
                os.unlink(self._file(job, suffix))
        if job.index is not None and os.path.exists(self._file(job, ".SC")):
            os.unlink(self._file(job, ".SC"))
        shutil.rmtree(os.path.join(self._spool, "tmp." + job.id), ignore_errors=True)

    def tell_overrun(self, job, limit):
        """What the mom writes to the error output of a job that ran too long."""
        passed = int(time.time() - job.stime)
        words = "=>> PBS: job killed: walltime %d exceeded limit %d\n"
        with open(self._live_paths(job)[1], "a", encoding="utf-8") as out:
            out.write(words % (passed, units.seconds(limit)))

    # ---- ends

    def end(self, job):
        """How the job's first process ended, a dictionary; None while it runs."""
        child = self._children.get(job.session)
        gone = child.poll() is not None if child else not _alive(job.session)
        try:
            with open(self._file(job, ".status"), encoding="utf-8") as file:
                end = json.load(file)
        except OSError:
            end = {"code": 265, "cput": 0, "mem": 0} if gone else None
        if end and child and child.poll() is not None:
            del self._children[job.session]
        return end

    def signal(self, job, number):
        """Signals all processes of the job but its shepherd; how many there were."""
        count = 0
        for pid in processes(job.session):
            try:
                os.kill(pid, number)
                count += 1
            except ProcessLookupError:
                pass
        return count


def _openable(target):
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        return True
    except OSError:
        return False


def _copied(spooled, target):
    try:
        if os.path.exists(target):
            os.unlink(target)
        with open(spooled, "rb") as source:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "wb") as copy:
                shutil.copyfileobj(source, copy)
        return True
    except OSError:
        return False


def _alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except OSError:
        return False


def processes(session):
    """Those in the session, and what descends from them; zombies and the leader are left out."""
    table = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, encoding="latin-1") as file:
                    words = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            table[int(name)] = words[0], int(words[1]), int(words[3])
    found = {pid for pid, (_, _, its) in table.items() if its == session}
    size = 0
    while size != len(found):
        size = len(found)
        found |= {pid for pid, (_, parent, _) in table.items() if parent in found}
    return [pid for pid in found if pid != session and table[pid][0] not in "ZX"]


KILL = signal.SIGKILL
TERM = signal.SIGTERM
