# SPDX-License-Identifier: Apache-2.0
"""The server: takes commands over a socket, and lets time pass for the jobs."""

import collections
import json
import os
import pwd
import signal
import socketserver
import threading
import time

from . import control, errors, itself, nodes, query, submit
from .jobs import Store
from .runner import Runner
from .scheduler import Scheduler
from .settings import Settings

TICK = 0.05
TORQUE_VERSION = "6.1.2"
COMMIT = "661e092552de43a785c15d39a3634a541d86898e"


class Server:
    """All there is of it; its lock guards jobs and settings."""

    def __init__(self, home):
        self.home = home
        self.lock = threading.RLock()
        self.started = time.time()
        self.settings = Settings()
        self._settings_file = os.path.join(home, "settings")
        self._load_settings()
        user = pwd.getpwuid(os.getuid())
        self.user, self.job_home, self.shell = user.pw_name, user.pw_dir, user.pw_shell
        if os.path.basename(self.shell) not in ("sh", "bash", "zsh", "dash", "ksh"):
            self.shell = "/bin/sh"
        self.store = Store(os.path.join(home, "jobs.sqlite"), self.settings.server)
        self.nodes = nodes.Nodes(self)
        self.runner = Runner(self, home)
        self.scheduler = Scheduler(self)
        self.changed = threading.Condition(self.lock)
        self.stopping = False

    # ---- settings

    def _load_settings(self):
        if os.path.exists(self._settings_file):
            with open(self._settings_file, encoding="utf-8") as file:
                for line in file.read().splitlines():
                    name, _, value = line.partition("=")
                    self.settings.set(name, value)
        if self.settings.torque and not self.settings.version.startswith("6"):
            self.settings.set("version", TORQUE_VERSION)

    def _save_settings(self):
        with open(self._settings_file, "w", encoding="utf-8") as file:
            file.write("\n".join(self.settings.lines()) + "\n")
        self.changed.notify_all()

    def set(self, name, text):
        """Sets and keeps a setting."""
        with self.lock:
            self.settings.set(name, text)
            self._save_settings()

    def clear(self, names):
        """Takes settings back to their defaults; without names, all that break something."""
        with self.lock:
            for name in names or FAULTS:
                self.settings.reset(name)
            self._save_settings()

    # ---- jobs as commands see them

    def known(self, job_id):
        """The job of an id, or an error."""
        job = self.store.find(job_id)
        if job is None or job_id in self.settings.ids("forgotten"):
            raise errors.unknown_job(job_id, self.settings.torque)
        return job

    def told_state(self, job):
        """The letter that commands tell."""
        name, _, letter = self.settings.state.rpartition(":")
        return letter if name == job.id else job.state

    def tell_itself(self, call, given):
        """qstat -B and -Q."""
        itself.tell(self, call, given)

    # ---- time

    def live(self):
        """Lets jobs start and end until the server stops."""
        while True:
            with self.lock:
                if self.stopping:
                    return
                self.scheduler.tick()
                self.changed.wait(TICK)

    def wake(self):
        """Something has changed that jobs may wait for."""
        with self.lock:
            self.changed.notify_all()


# What pbs-fault clear takes back.
FAULTS = (
    "down", "pause", "delay", "delay_qsub", "delay_qstat", "delay_qdel", "drop_submits", "fail",
    "banner_before", "banner_after", "banner_error", "json_broken", "json_truncated", "missing",
    "forgotten", "state", "refuse_x", "nodes_down", "undeliverable")


def qsub(server, call):
    """Takes a job and says its id."""
    job = submit.qsub(server, call)
    server.wake()
    with server.lock:
        if server.settings.drop_submits > 0:
            server.set("drop_submits", str(server.settings.drop_submits - 1))
            raise errors.PbsError(errors.PROTOCOL, "Batch protocol error")
    if "-z" not in call.argv:
        call.say(job.id + "\n")
    if server.settings.qsub_daemon and "-f" not in call.argv:
        call.send(b"h", str(server.settings.qsub_daemon).encode())
    return 0


def jobs(server, call):
    """pbs-jobs: id, state, exit status and name of all jobs and elements, for tests."""
    for job in server.store.jobs.values():
        status = "-" if job.exit_status is None else job.exit_status
        call.say("%s %s %s %s\n" % (job.id, job.state, status, job.name))
    return 0


COMMANDS = {
    "qstat": query.qstat, "qselect": query.qselect, "qdel": control.qdel,
    "qhold": control.qhold, "qrls": control.qrls, "qrerun": control.qrerun, "qsig": control.qsig,
    "qalter": control.qalter, "qmgr": control.qmgr, "pbsnodes": nodes.pbsnodes,
    "pbs-fault": control.fault, "pbs-jobs": jobs,
}
# These are no part of PBS, so no fault hits them.
OURS = ("pbs-fault", "pbs-jobs")


class Call:
    """One run of a command, and what it says."""

    def __init__(self, connection, payload):
        parts = [part.decode("utf-8", "surrogateescape") for part in payload.split(b"\0")]
        self.name, self.cwd, count = parts[0], parts[1], int(parts[2])
        self.argv = parts[3:3 + count]
        self.env = dict(part.partition("=")[::2] for part in parts[3 + count:])
        self._connection = connection
        self._out, self._error = [], []

    def say(self, text):
        """On standard output."""
        self._out.append(text)

    def say_error(self, text):
        """On standard error."""
        self._error.append(text)

    def stdin(self):
        """All of standard input, as bytes."""
        self.send(b"i", b"")
        return receive(self._connection)

    def send(self, kind, payload):
        """Tells the client to do something."""
        self._connection.sendall(kind + len(payload).to_bytes(4, "big") + payload)

    def answer(self, status, settings):
        """Sends all that was said, and the exit status."""
        out = "".join(self._out)
        if self.name not in OURS and settings.banner_before:
            out = settings.banner_before + "\n" + out
        if self.name not in OURS and settings.banner_after:
            out += settings.banner_after + "\n"
        if self.name not in OURS and settings.banner_error:
            self.say_error(settings.banner_error + "\n")
        self.send(b"o", out.encode("utf-8", "surrogateescape"))
        self.send(b"e", "".join(self._error).encode("utf-8", "surrogateescape"))
        self.send(b"x", str(status).encode())


def receive(connection):
    """One message: its length, and so many bytes."""
    length = int.from_bytes(_exactly(connection, 4), "big")
    return _exactly(connection, length)


def _exactly(connection, length):
    payload = b""
    while len(payload) < length:
        part = connection.recv(min(length - len(payload), 1 << 20))
        if not part:
            raise ConnectionError("the client is gone")
        payload += part
    return payload


class Desk:
    """Where commands come in: it notes them, lets faults strike, and has them done."""

    def __init__(self, server):
        self._server = server
        self._log = os.path.join(server.home, "commands")
        self._recent = collections.deque()
        self._last_qstat = 0.0

    def serve(self, connection):
        """One command from its beginning to its end."""
        try:
            call = Call(connection, receive(connection))
            settings = self._server.settings
            if call.name not in OURS:
                self._note(call)
                self._pause()
                if settings.down:
                    return
                self._slow_down(call)
            status = self._failure(call)
            if status is None:
                status = self._run(call)
            call.answer(status, settings)
        except OSError:
            pass  # a client that is gone needs no answer

    def _note(self, call):
        line = json.dumps({"time": time.time(), "argv": [call.name] + call.argv})
        with self._server.lock, open(self._log, "a", encoding="utf-8") as log:
            log.write(line + "\n")

    def _pause(self):
        with self._server.lock:
            while self._server.settings.pause and not self._server.stopping:
                self._server.changed.wait(1)

    def _slow_down(self, call):
        settings = self._server.settings
        now = time.time()
        seconds = settings.delay + getattr(settings, "delay_" + call.name, 0)
        with self._server.lock:
            if call.name == "qstat" and settings.qstat_sleep and int(now) == int(self._last_qstat):
                seconds += 0.2
            if call.name == "qstat":
                self._last_qstat = now
            if self._over_budget(now):
                call.say_error("pbs_iff: cannot connect to host\n"
                               "pbs_iff: all reserved ports in use\n")
                seconds += settings.budget_penalty
        time.sleep(seconds)

    def _over_budget(self, now):
        settings = self._server.settings
        while self._recent and self._recent[0] < now - settings.budget_window:
            self._recent.popleft()
        self._recent.append(now)
        if not settings.budget or len(self._recent) <= settings.budget:
            return False
        self._recent.clear()  # the wait has freed the ports
        return True

    def _failure(self, call):
        fail = self._server.settings.fail
        if not fail or call.name in OURS:
            return None
        name, times, status, text = (fail + ":::").split(":", 3)
        if name != call.name:
            return None
        left = int(times) - 1
        self._server.set("fail", ":".join([name, str(left), status, text.rstrip(":")])
                         if left > 0 else "")
        if text.rstrip(":"):
            call.say_error(text.rstrip(":") + "\n")
        return int(status)

    def _run(self, call):
        try:
            if call.argv[:1] == ["--version"] and call.name not in OURS:
                return self._version(call)
            if call.name not in OURS:
                self._check_environment(call)
            if call.name == "qsub":
                return qsub(self._server, call)
            with self._server.lock:
                return COMMANDS[call.name](self._server, call)
        except errors.PbsError as error:
            if error.text:
                call.say_error("%s: %s\n" % (call.name, error.text))
            if error.usage:
                call.say_error(self._usage(call))
            return error.status

    def _usage(self, call):
        if call.name == "qsub":
            return submit.USAGE[self._server.settings.dialect]
        return query.USAGE.get(call.name, "usage: %s job_identifier...\n" % call.name)

    def _version(self, call):
        settings = self._server.settings
        if settings.torque:
            call.say_error("Version: %s\nCommit: %s\n" % (settings.version, COMMIT))
        else:
            call.say("pbs_version = %s\n" % settings.version)
        return 0

    def _check_environment(self, call):
        named = call.env.get("PBS_SERVER", "")
        status = 255 if call.name == "qstat" else 160
        if named.partition(":")[0] not in ("", "localhost", self._server.settings.server):
            call.say_error("Unknown Host.\n")
            raise errors.PbsError(
                status, "cannot connect to server %s (errno=15008)" % named)
        conf = call.env.get("PBS_CONF_FILE")
        if conf and not os.path.exists(conf):
            call.say_error("pbsconf error: pbs conf variables not found:"
                           " PBS_HOME PBS_EXEC PBS_SERVER\nNo such file or directory\n")
            raise errors.PbsError(255, "cannot connect to server  (errno=0)")


class _Listener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512


def main(home):
    """Serves until it is told to end; its jobs go on then."""
    server = Server(home)
    desk = Desk(server)
    with open(os.path.join(home, "server-name"), "w", encoding="utf-8") as file:
        file.write("%s\n%s\n" % (server.settings.server, server.settings.dialect))
    path = os.path.join(home, "socket")
    if os.path.exists(path):
        os.unlink(path)

    class Handler(socketserver.BaseRequestHandler):
        """One connection is one command."""

        def handle(self):
            desk.serve(self.request)

    listener = _Listener(path, Handler)

    def stop(*_):
        server.stopping = True
        threading.Thread(target=listener.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    life = threading.Thread(target=server.live)
    life.start()
    listener.serve_forever(poll_interval=0.1)
    os.unlink(path)
    life.join()
