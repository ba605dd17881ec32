# SPDX-License-Identifier: Apache-2.0
"""qstat -B and qstat -Q: what the server tells of itself and of its queues."""

import time

from . import render, units

STATES = ("Transit", "Queued", "Held", "Waiting", "Running", "Exiting", "Begun")
LETTERS = "TQHWREB"


def tell(server, call, given):
    """Answers -B or -Q, plain, -f or -f -F json."""
    rows = _server_rows(server) if "-B" in given else _queue_rows(server)
    title = "Server" if "-B" in given else "Queue"
    if given.get("-F") == "json":
        call.say(render.json_answer(time.time(), server.settings, title, rows))
    elif "-f" in given:
        call.say("".join(render.full(name, each, "-w" in given, title) for name, each in rows))
    elif "-B" in given:
        call.say(_server_table(server))
    else:
        call.say(_queue_table(server))


def _counts(server, queue=None):
    counts = dict.fromkeys(LETTERS, 0)
    for job in server.store.top():
        if job.state in counts and queue in (None, job.queue):
            counts[job.state] += 1
    return counts


def _told(counts):
    return "".join("%s:%d " % (name, counts[letter]) for name, letter in zip(STATES, LETTERS))


def _server_rows(server):
    settings = server.settings
    rows = [("server_state", None, "Active"), ("server_host", None, "localhost"),
            ("scheduling", None, "True"), ("total_jobs", None, str(len(server.store.top()))),
            ("state_count", None, _told(_counts(server))),
            ("default_queue", None, settings.queue_names[0]), ("log_events", None, "2047"),
            ("query_other_jobs", None, "True"), ("resources_default", "ncpus", "1"),
            ("default_chunk", "ncpus", "1")]
    if settings.max_queued:
        rows.append(("max_queued", None, "[u:PBS_GENERIC=%d]" % settings.max_queued))
    rows += [("scheduler_iteration", None, "5"), ("flatuid", None, "True"),
             ("node_fail_requeue", None, "310"),
             ("max_array_size", None, str(settings.max_array_size)),
             ("pbs_version", None, settings.version),
             ("eligible_time_enable", None, "False")]
    if settings.history:
        rows += [("job_history_enable", None, "True"),
                 ("job_history_duration", None, units.clock(settings.history_duration))]
    rows.append(("max_job_sequence_id", None, "9999999"))
    return [(settings.server, rows)]


def _queue_rows(server):
    rows = []
    for name in server.settings.queue_names:
        counts = _counts(server, name)
        rows.append((name, [
            ("queue_type", None, "Execution"), ("total_jobs", None, str(sum(counts.values()))),
            ("state_count", None, _told(counts)),
            ("enabled", None, "True"), ("started", None, "True")]))
    return rows


def _server_table(server):
    counts = _counts(server)
    line = "%-16s %5d %5d %5d %5d %5d %5d %5d %5d %-11s\n"
    return ("Server             Max   Tot   Que   Run   Hld   Wat   Trn   Ext Status\n"
            "---------------- ----- ----- ----- ----- ----- ----- ----- ----- -----------\n"
            + line % (server.settings.server, 0, len(server.store.top()), counts["Q"], counts["R"],
                      counts["H"], counts["W"], counts["T"], counts["E"], "Active"))


def _queue_table(server):
    lines = ["Queue              Max   Tot Ena Str   Que   Run   Hld   Wat   Trn   Ext Type\n"
             "---------------- ----- ----- --- --- ----- ----- ----- ----- ----- ----- ----\n"]
    for name in server.settings.queue_names:
        counts = _counts(server, name)
        lines.append("%-16s %5d %5d %3s %3s %5d %5d %5d %5d %5d %5d %-4s\n" % (
            name, 0, sum(counts.values()), "yes", "yes", counts["Q"], counts["R"], counts["H"],
            counts["W"], counts["T"], counts["E"], "Exe*"))
    return "".join(lines)
