# SPDX-License-Identifier: Apache-2.0
"""Runs one job and notes how it ended, also when the server is gone meanwhile.

Called with a file of JSON: argv (and argv0), stdin, stdout, stderr, cwd, env, status. It leads a
session of its own, in which the job runs; whoever signals the job spares it.
"""

import json
import os
import signal
import sys


def main(file):
    """Runs the job of that file."""
    with open(file, encoding="utf-8", errors="surrogateescape") as spec_file:
        spec = json.load(spec_file)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    child = os.fork()
    if child == 0:
        run(spec)
    _, status, usage = os.wait4(child, 0)
    note(spec["status"], status, usage)


def note(file, status, usage):
    """Writes the end at once or not at all."""
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 256 + os.WTERMSIG(status)
    end = {"code": code, "cput": usage.ru_utime + usage.ru_stime, "mem": usage.ru_maxrss}
    with open(file + ".new", "w", encoding="utf-8") as out:
        json.dump(end, out)
    os.rename(file + ".new", file)


def run(spec):
    """Becomes the job."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    os.umask(0o077)
    redirect(0, spec["stdin"], os.O_RDONLY)
    redirect(1, spec["stdout"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    redirect(2, spec["stderr"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.chdir(spec["cwd"])
        os.execvpe(spec["argv"][0], [spec["argv0"]] + spec["argv"][1:], spec["env"])
    except OSError as error:
        words = "pbs_mom, exec of %s failed with error: %s\n"
        os.write(2, os.fsencode(words % (spec["argv"][0], error.strerror)))
        os._exit(254)


def redirect(descriptor, file, flags):
    """Opens the file there."""
    opened = os.open(file, flags, 0o600)
    os.dup2(opened, descriptor)
    os.close(opened)


if __name__ == "__main__":
    main(sys.argv[1])
