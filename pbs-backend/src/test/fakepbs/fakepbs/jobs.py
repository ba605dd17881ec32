# SPDX-License-Identifier: Apache-2.0
"""Jobs, and where they are kept so that a server that is started again remembers them."""

import json
import sqlite3

# What a job has from the start; all of it is text, numbers, lists and dictionaries.
_FIELDS = {
    "sequence": 0,
    "index": None,  # of an element
    "indices": None,  # of an array
    "range": "",  # of an array, as it was given
    "max_run": 0,
    "name": "",
    "owner": "",
    "queue": "",
    "state": "Q",
    "substate": 10,
    "hold": "",  # letters u, o, s
    "depend": (),  # of [type, [ids]]
    "execution_time": 0.0,
    "ctime": 0.0,
    "mtime": 0.0,
    "qtime": 0.0,
    "etime": 0.0,
    "stime": 0.0,
    "obittime": 0.0,
    "history": 0.0,  # when it ended, for history_timestamp
    "resources": (),  # of Resource_List, a dictionary
    "chunks": (),  # a dictionary for each chunk of select
    "assigned": (),  # of [vnode, chunk], while it runs and after
    "host_index": (),  # the number after the slash of exec_host, one for each chunk
    "join": "n",
    "keep": "n",
    "remove": "",
    "mail": "a",
    "priority": 0,
    "rerunable": True,
    "shell": "",
    "stdout": "",
    "stderr": "",
    "account": "",
    "project": "_pbs_project_default",
    "group_list": "",
    "variables": (),  # of [name, value]
    "workdir": "",
    "arguments": (),  # of qsub
    "command": (),  # after --
    "comment": "",
    "run_count": 0,
    "exit_status": None,
    "stageout": None,
    "session": 0,
    "used": (),  # a dictionary
    # What happens to it and is not told.
    "ending": "",  # why it is being killed: deleted, walltime, requeue, signal
    "deleter": "",
    "deadline": 0.0,  # when the next step comes
    "terminated": False,  # TERM has reached it
}


class Job:
    """One job, array or element; its id is 12.vm, 12[].vm or 12[3].vm."""

    def __init__(self, server, **fields):
        self.__dict__.update(_FIELDS)
        self.__dict__.update(fields)
        self.server = server

    @property
    def id(self):
        """As commands tell it."""
        return "%s.%s" % (self.short_id, self.server)

    @property
    def short_id(self):
        """Without the server."""
        if self.indices is not None:
            return "%d[]" % self.sequence
        if self.index is not None:
            return "%d[%d]" % (self.sequence, self.index)
        return str(self.sequence)

    @property
    def is_array(self):
        """Whether it is the parent of elements."""
        return self.indices is not None

    @property
    def active(self):
        """Whether it has processes, or output that is not delivered yet."""
        return self.state in ("R", "S", "E")

    @property
    def ended(self):
        """Whether nothing happens to it any more."""
        return self.state in ("F", "C", "X")

    @property
    def user(self):
        """Without the host."""
        return self.owner.partition("@")[0]

    def element(self, index, now):
        """A new element of this array, which waits as the array does."""
        fields = dict(self.__dict__)
        for name in ("indices", "range", "max_run", "exit_status", "stageout", "comment", "stime"):
            fields[name] = _FIELDS[name]
        if self.state not in ("H", "W", "F"):
            fields.update(state="Q", substate=10)
        fields.update(index=index, mtime=now)
        del fields["server"]
        return Job(self.server, **fields)


class Store:
    """All jobs by id, in memory and in a file; and the last number given."""

    def __init__(self, file, server):
        self.jobs = {}
        self.server = server
        self._elements = {}
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("CREATE TABLE IF NOT EXISTS job (id TEXT PRIMARY KEY, fields TEXT)")
        self._database.execute("CREATE TABLE IF NOT EXISTS last (sequence INTEGER)")
        self._load()

    def _load(self):
        rows = self._database.execute("SELECT fields FROM job ORDER BY rowid").fetchall()
        for (fields,) in rows:
            self._remember(Job(**json.loads(fields)))
        row = self._database.execute("SELECT max(sequence) FROM last").fetchone()
        self._last = -1 if row[0] is None else row[0]

    def _remember(self, job):
        self.jobs[job.id] = job
        if job.index is not None:
            self._elements.setdefault(job.sequence, {})[job.index] = job

    def next_sequence(self):
        """A number that no job had, nor a refused one."""
        self._last += 1
        self._database.execute("INSERT INTO last VALUES (?)", (self._last,))
        return self._last

    def save(self, *jobs):
        """Keeps what is new or has changed."""
        rows = []
        for job in jobs:
            self._remember(job)
            rows.append((job.id, json.dumps(job.__dict__)))
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT INTO job VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET fields = excluded.fields",
            rows)
        self._database.execute("COMMIT")

    def forget(self, *jobs):
        """Drops them from the history."""
        for job in jobs:
            self.jobs.pop(job.id, None)
            if job.is_array:
                self._elements.pop(job.sequence, None)
            self._database.execute("DELETE FROM job WHERE id = ?", (job.id,))

    def elements(self, array):
        """Those of an array that are more than an index: they ran, or were deleted."""
        return self._elements.get(array.sequence, {})

    def parent(self, element):
        """The array of an element."""
        return self.jobs["%d[].%s" % (element.sequence, self.server)]

    def find(self, job_id):
        """A job by its full id, also an element that has not begun; or None."""
        job = self.jobs.get(job_id)
        if job or "[" not in job_id or "[]" in job_id:
            return job
        number, _, rest = job_id.partition("[")
        array = self.jobs.get("%s[].%s" % (number, self.server))
        index = rest.partition("]")[0]
        if array and index.isdigit() and int(index) in array.indices:
            return array.element(int(index), array.mtime)
        return None

    def all_elements(self, array):
        """Every element in order; those that have not begun are made up."""
        begun = self.elements(array)
        return [begun.get(i) or array.element(i, array.mtime) for i in array.indices]

    def waiting(self, array):
        """The indices that have not begun."""
        begun = self.elements(array)
        return [i for i in array.indices if i not in begun or begun[i].state in ("Q", "H", "W")]

    def real(self):
        """What can run: jobs and elements, without arrays."""
        return [job for job in self.jobs.values() if not job.is_array]

    def top(self):
        """What lists show: jobs and arrays, in the order of their submission."""
        return [job for job in self.jobs.values() if job.index is None]
