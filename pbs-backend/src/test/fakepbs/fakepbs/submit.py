# SPDX-License-Identifier: Apache-2.0
"""qsub: options, directives in the script, and what is refused."""

import getopt
import os
import re
import time

from . import errors, units
from .jobs import Job

OPTIONS = {
    "openpbs": "a:A:c:C:e:fhIj:J:k:l:m:M:N:o:p:q:r:R:S:u:v:VW:XzP:G",
    "torque": "a:A:b:c:C:d:D:e:EF:fhIj:k:K:l:m:M:nN:o:p:P:q:r:S:t:T:u:v:VW:xXz",
}
USAGE = {
    "openpbs": """\
usage: qsub [-a date_time] [-A account_string] [-c interval]
	[-C directive_prefix] [-e path] [-f ] [-h ] [-I [-X]] [-j oe|eo] [-J X-Y[:Z]]
	[-k keep] [-l resource_list] [-m mail_options] [-M user_list]
	[-N jobname] [-o path] [-p priority] [-P project] [-q queue] [-r y|n]
	[-R o|e|oe] [-S path] [-u user_list] [-W otherattributes=value...]
	[-v variable_list] [-V ] [-z] [script | -- command [arg1 ...]]
       qsub --version
""",
    "torque": """\
usage: qsub [-a date_time] [-A account_string] [-b secs]
    [-c [ none | { enabled | periodic | shutdown |
    depth=<int> | dir=<path> | interval=<minutes>}... ]
    [-C directive_prefix] [-d path] [-D path]
    [-e path] [-h] [-I] [-j oe|eo|n] [-k {oe}] [-K <kill delay seconds>]
    [-l resource_list] [-m n|{abe}] [-M user_list] [-N jobname] [-o path]
    [-p priority] [-P proxy_user [-J <jobid]] [-q queue] [-r y|n]
    [-S path] [-t number_to_submit] [-T type]  [-u user_list] [-w] path
    [-W additional_attributes] [-v variable_list] [-V ] [-x] [-X] [-z] [script]
""",
}
DEPENDENCIES = {
    "after", "afterok", "afternotok", "afterany", "before", "beforeok", "beforenotok", "beforeany",
    "on",
}
SIZES = ("mem", "vmem", "pmem", "pvmem", "file")
NUMBERS = ("ncpus", "mpiprocs", "ompthreads", "ngpus", "nice")
TIMES = ("walltime", "cput", "pcput", "min_walltime", "max_walltime", "soft_walltime")
TEXTS = ("arch", "host", "vnode", "software", "site", "nodes", "select", "place")
# These are asked of each chunk, so they can't be given beside select.
OF_CHUNKS = ("ncpus", "mem", "vmem", "mpiprocs", "ompthreads", "ngpus", "arch", "host", "vnode")


class Submission:
    """Options as they were given: those of the command line win over the script's."""

    def __init__(self, settings, argv):
        self.dialect = settings.dialect
        self.argv = argv
        self.options = {}
        self.extra = {}  # of -W
        self.resources = {}  # of -l
        self._own = set()  # the options of the command line
        own, self.command = argv, []
        if "--" in argv and not settings.torque:
            own, self.command = argv[:argv.index("--")], argv[argv.index("--") + 1:]
        operands = self.parse(own)
        self.script_file = operands[0] if operands else None

    def parse(self, words, script=False):
        """Takes options; returns what follows them. The command line's win over the script's.

        Of those that are given twice the last counts, but the first of each resource.
        """
        try:
            pairs, operands = getopt.gnu_getopt(words, OPTIONS[self.dialect])
        except getopt.GetoptError as error:
            known = "not recognized" not in error.msg
            kind = "option requires an argument" if known else "invalid option"
            raise errors.usage("%s -- '%s'" % (kind, error.opt)) from None
        for name, value in pairs:
            value = value.strip()
            check(self.dialect, name, value)
            if name == "-l":
                for resource, amount in resource_list(value).items():
                    self.resources.setdefault(resource, amount)
            elif name == "-W":
                self._attributes(attribute_list(value))
            elif not script:
                self.options[name] = value
            elif name not in self._own:
                self.options[name] = value
        if not script:
            self._own = set(self.options)
        return operands

    def _attributes(self, given):
        for name, value in given.items():
            if name == "depend" and name in self.extra:
                value = self.extra[name] + "," + value
            self.extra[name] = value

    def directives(self, text, prefix):
        """Takes the options of a script."""
        for line in text.replace("\\\n", "").split("\n"):
            line = line.strip()
            if line.startswith(prefix):
                self._directive(split(line[len(prefix):]))
            elif line and not line.startswith(("#", ":")):
                return

    def _directive(self, words):
        told = "directive error: " + "".join(word + " " for word in words)
        try:
            operands = self.parse(words, script=True)
        except errors.PbsError as error:
            if "option" in error.text:
                raise errors.PbsError(1, "%s\nqsub: %s" % (error.text, told)) from None
            raise
        if operands:
            raise errors.PbsError(1, told)

    def get(self, name, default=""):
        """The value of an option, such as -N."""
        return self.options.get(name, default)


def split(text):
    """Words of a directive: quotes join, and a backslash means itself within them."""
    words, quote, i = [], "", 0
    fresh = True
    while i < len(text):
        char = text[i]
        if not quote and char in " \t":
            fresh = True
            i += 1
            continue
        if fresh:
            words.append("")
            fresh = False
        if not quote and char in "\"'":
            quote = char
        elif char == quote:
            quote = ""
        elif char == "\\" and not quote and i + 1 < len(text):
            i += 1
            words[-1] += text[i]
        else:
            words[-1] += char
        i += 1
    if quote:
        raise errors.PbsError(1, "unmatched ")
    return words


def resource_list(text):
    """Of select=1:ncpus=2,walltime=1:00; commas in quotes are no separators."""
    found = {}
    for part in re.findall(r'(?:"[^"]*"|\'[^\']*\'|[^,])+', text):
        name, _, value = part.partition("=")
        found[name.strip()] = value.strip("\"' ")
    return found


def attribute_list(text):
    """Of -W: depend=afterok:1:2,afterany:3 or group_list=x,umask=077."""
    found = {}
    last = None
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if equals:
            found[name] = value
            last = name
        elif last is None:
            raise errors.usage("illegal -W value")
        else:
            found[last] += "," + part
    for kind, ids in dependencies(found.get("depend", "")):
        if kind not in DEPENDENCIES or not all(re.match(r"\d+(\[\])?(\.|$)", i) for i in ids):
            raise errors.usage("illegal -W value")
    return found


def dependencies(text):
    """[type, [ids]] of each."""
    return [[part.split(":")[0], part.split(":")[1:]] for part in text.split(",") if part]


def check(dialect, name, value):
    """The client's own checks of one option."""
    patterns = {
        "-N": r"[A-Za-z0-9._+-]+" if dialect == "openpbs" else r"[A-Za-z][!-~]*",
        "-p": r"[+-]?\d+",
        "-j": r"oe|eo|n",
        "-k": r"n|[oed]+",
        "-r": r"y|n",
        "-R": r"o|e|oe|eo",
        "-S": r"/\S*",
        "-o": r"/[ -~]{0,1023}|[ -9;-~]{1,1023}|[^/:]+:[ -~]+",
        "-a": r"\d{4,12}(\.\d\d)?",
    }
    patterns["-e"] = patterns["-o"]
    good = name not in patterns or re.fullmatch(patterns[name], value)
    if good and name == "-p":
        good = -1024 <= int(value) <= 1023
    if good and name == "-J":
        good = units.array_range(value)
    if good and name == "-t":
        good = units.index_list(value)
    if not good:
        raise errors.usage("illegal %s value" % name)


def read_script(submission, call):
    """The text of the script, from its file or from standard input."""
    if submission.script_file is None:
        text = call.stdin()
    else:
        path = os.path.join(call.cwd, submission.script_file)
        try:
            with open(path, "rb") as file:
                text = file.read()
        except IsADirectoryError:
            raise errors.PbsError(1, "script not a file") from None
        except OSError as error:
            raise errors.PbsError(1, "script file:: %s" % error.strerror) from None
    if b"\r\n" in text:
        raise errors.PbsError(1, "script contains cr, lf")
    return text.decode("utf-8", "surrogateescape")


def qsub(server, call):
    """Takes a job; returns it."""
    settings = server.settings
    submission = Submission(settings, call.argv)
    logical = call.env.get("PWD", "")
    if os.path.isabs(logical) and os.path.exists(logical) and os.path.samefile(logical, call.cwd):
        call.cwd = logical
    script = None
    if not submission.command:
        script = read_script(submission, call)
        default = call.env.get("PBS_DPREFIX", "#PBS")
        submission.directives(script, submission.get("-C", default))
    with server.lock:
        return _accept(server, call, submission, script)


def _accept(server, call, submission, script):
    variables = _variables(submission, call)
    sequence = server.store.next_sequence()
    now = time.time()
    job = Job(
        server.settings.server, sequence=sequence, owner="%s@localhost" % server.user,
        ctime=now, mtime=now, qtime=now, etime=now, workdir=call.cwd, arguments=call.argv,
        command=submission.command, depend=dependencies(submission.extra.get("depend", "")),
        group_list=submission.extra.get("group_list", ""))
    _plain_options(job, submission, server)
    _array(job, submission, server.settings)
    _resources(job, submission, server.settings)
    _limit(server, job)
    _paths(job, submission, call.cwd)
    job.variables = variables + [["PBS_O_QUEUE", job.queue], ["PBS_O_HOST", "localhost"]]
    if script is not None:
        server.runner.spool(job, script)
    server.scheduler.enqueue(job)
    return job


def _plain_options(job, submission, server):
    settings = server.settings
    name = submission.get("-N")
    if len(name) > 230:
        raise errors.PbsError(errors.NAME_TOO_LONG, "Job name is too long ")
    file = os.path.basename(submission.script_file) if submission.script_file else "STDIN"
    job.name = name or re.sub(r"[^A-Za-z0-9._+-]", "_", file)
    job.queue = submission.get("-q", settings.queue_names[0]).partition("@")[0]
    if job.queue not in settings.queue_names:
        raise errors.submit_error(
            settings.torque, errors.UNKNOWN_QUEUE, "Unknown queue",
            172, "Unknown queue MSG=cannot locate queue")
    job.hold = "u" if "-h" in submission.options else ""
    job.join = submission.get("-j", "n")
    job.keep = submission.get("-k", "n")
    job.remove = submission.get("-R")
    job.mail = submission.get("-m", "a")
    job.priority = int(submission.get("-p", "0"))
    job.rerunable = submission.get("-r", "y") == "y"
    job.shell = submission.get("-S")
    job.account = submission.get("-A")
    if not settings.torque:
        job.project = submission.get("-P", job.project)
    if submission.get("-a"):
        job.execution_time = execution_time(submission.get("-a"))


def execution_time(text):
    """Of [[CC]YY]MMDDhhmm[.SS], in the server's zone."""
    digits, _, second = text.partition(".")
    now = time.localtime()
    if len(digits) == 8:
        digits = "%04d%s" % (now.tm_year, digits)
    elif len(digits) == 10:
        digits = "20" + digits
    try:
        return time.mktime(time.strptime(digits, "%Y%m%d%H%M")) + int(second or 0)
    except ValueError:
        raise errors.usage("illegal -a value") from None


def _array(job, submission, settings):
    text = submission.get("-t") if settings.torque else submission.get("-J")
    if not text:
        return
    parse = units.index_list if settings.torque else units.array_range
    job.indices, job.max_run = parse(text)
    job.range = text.partition("%")[0]
    if len(job.indices) > settings.max_array_size:
        raise errors.submit_error(
            settings.torque, errors.ARRAY_TOO_LARGE, "Array job exceeds server or queue size limit",
            156, "Invalid request MSG=job array too large")


def _limit(server, job):
    limit = server.settings.max_queued
    if not limit:
        return
    waiting = 0
    for other in server.store.top():
        if other.is_array and not other.ended:
            waiting += len(server.store.waiting(other))
        elif other.state in ("Q", "H", "W"):
            waiting += 1
    if waiting + len(job.indices or [0]) > limit:
        raise errors.submit_error(
            server.settings.torque, errors.LIMIT,
            "would exceed complex's per-user limit of jobs in 'Q' state",
            228, "Maximum number of jobs already in queue for user MSG=total number of current"
            " user's jobs exceeds the queue limit: user %s" % job.owner)


# ---- resources

def _resources(job, submission, settings):
    given = dict(submission.resources)
    for name, value in given.items():
        _known(name, value, settings)
    if settings.torque:
        job.resources, job.chunks = _torque_resources(given)
        return
    if "select" in given or "place" in given:
        for name in given:
            if name in OF_CHUNKS:
                raise errors.PbsError(
                    errors.CONFLICT, '"-lresource=" cannot be used with "select" or "place", '
                    "resource is: %s" % name)
    place = "free" if "select" in given else "scatter" if "nodes" in given else "pack"
    select = given.get("select") or _select_of(given)
    job.chunks, given["select"] = _chunks(select)
    given["place"] = given.get("place") or place
    given.update(_totals(job.chunks))
    if given.get("walltime"):
        given["walltime"] = units.clock(units.seconds(given["walltime"]))
    job.resources = {name: value for name, value in given.items() if value != ""}


def _known(name, value, settings):
    if settings.torque and name in ("procs", "feature", "neednodes"):
        return
    refused = settings.torque and name in ("select", "place")
    if refused or name not in SIZES + NUMBERS + TIMES + TEXTS:
        raise errors.submit_error(
            settings.torque, errors.UNKNOWN_RESOURCE, "Unknown resource Resource_List.%s" % name,
            189, "Unknown resource type  Resource_List.%s" % name)
    if not _well_formed(name, value):
        raise errors.submit_error(
            settings.torque, errors.BAD_VALUE,
            "Illegal attribute or resource value Resource_List.%s" % name,
            168, "Illegal attribute or resource value for Resource_List.%s" % name)


def _well_formed(name, value):
    if value == "":
        return True
    if name in TIMES:
        return units.seconds(value) is not None
    if name in SIZES:
        return units.kilobytes(value) is not None
    return name not in NUMBERS or value.isdigit()


def _select_of(given):
    """What -l nodes=2:ppn=4 and -l ncpus=2 become."""
    if "nodes" in given:
        parts = []
        for part in given["nodes"].split("+"):
            count, _, rest = part.partition(":")
            words = [count if count.isdigit() else "1"]
            for word in rest.split(":"):
                if word.startswith("ppn="):
                    words += ["ncpus=" + word[4:], "mpiprocs=" + word[4:]]
            parts.append(":".join(words))
        return "+".join(parts)
    words = ["1"]
    for name in OF_CHUNKS:
        if name in given:
            words.append("%s=%s" % (name, given[name]))
    return ":".join(words)


def _chunks(select):
    """A dictionary for each chunk, and select as PBS completes it."""
    chunks, parts = [], []
    for part in select.split("+"):
        words = part.split(":")
        count = int(words.pop(0)) if words[0].isdigit() else 1
        chunk = {}
        for word in words:
            name, _, value = word.partition("=")
            if name not in OF_CHUNKS:
                raise errors.PbsError(errors.UNKNOWN_RESOURCE, "Unknown resource: %s" % name)
            if not value or not _well_formed(name, value):
                raise errors.PbsError(
                    errors.BAD_VALUE, "Illegal attribute or resource value select.%s" % name)
            chunk[name] = value
        if "ncpus" not in chunk:
            chunk["ncpus"] = "1"
        chunks += [chunk] * count
        parts.append(":".join([str(count)] + ["%s=%s" % pair for pair in chunk.items()]))
    return chunks, "+".join(parts)


def _totals(chunks):
    totals = {"nodect": str(len(chunks))}
    for name in ("ncpus", "mpiprocs", "ngpus"):
        if any(name in chunk for chunk in chunks):
            totals[name] = str(sum(int(chunk.get(name, 0)) for chunk in chunks))
    for name in ("mem", "vmem"):
        if any(name in chunk for chunk in chunks):
            total = sum(units.kilobytes(chunk.get(name, "0")) for chunk in chunks)
            totals[name] = units.size(total)
    return totals


def _torque_resources(given):
    chunks = []
    for part in given.get("nodes", "1").split("+"):
        words = part.split(":")
        count = int(words[0]) if words[0].isdigit() else 1
        wanted = {"ppn": "1", "gpus": "0"}
        wanted.update(word.split("=", 1) for word in words if "=" in word)
        chunks += [{"ncpus": wanted["ppn"], "ngpus": wanted["gpus"]}] * count
    if "mem" in given:
        chunks[0] = dict(chunks[0], mem=given["mem"])
    resources = {"nodect": str(len(chunks)), "nodes": "1", "neednodes": given.get("nodes", "1")}
    resources.update(given)
    if resources.get("walltime"):
        resources["walltime"] = units.clock(units.seconds(resources["walltime"]))
    return resources, chunks


# ---- paths and variables

def _paths(job, submission, cwd):
    for attribute, option, letter in (("stdout", "-o", "o"), ("stderr", "-e", "e")):
        path = submission.get(option)
        if not path:
            suffix = ".^array_index^" if job.is_array else ""
            path = "%s.%s%d%s" % (job.name, letter, job.sequence, suffix)
        host, colon, rest = path.partition(":")
        if colon and "/" not in host:
            path = rest
        path = os.path.join(cwd, path)
        setattr(job, attribute, path.rstrip("/") + "/" if os.path.isdir(path) else path)


def _variables(submission, call):
    """[name, value] of all that goes into Variable_List, but for the last two."""
    env = call.env
    found = [["PBS_O_HOME", env.get("HOME", "/")]]
    for name in ("LANG", "LOGNAME", "PATH", "MAIL", "SHELL", "TZ"):
        if name in env:
            found.append(["PBS_O_" + name, env[name]])
    found += [["PBS_O_INTERACTIVE_AUTH_METHOD", "resvport"],
              ["PBS_O_INTERACTIVE_ENCRYPT_METHOD", ""],
              ["PBS_O_WORKDIR", call.cwd], ["PBS_O_SYSTEM", "Linux"]]
    if "-v" in submission.options:
        found += variable_list(submission.get("-v"), env)
    if "-V" in submission.options:
        names = {name for name, _ in found}
        found += [[name, value] for name, value in env.items() if name not in names]
    return found


def variable_list(text, env):
    """Of -v, with all that it does to quotes and backslashes."""
    found = []
    for item in _split_variables(text):
        name, equals, value = item.partition("=")
        if not equals:
            if name not in env or "'" in env[name]:
                raise errors.PbsError(1, "cannot send environment with the job")
            value = env[name].replace("\\", "\\\\").replace('"', "\\")
        found.append([name, value])
    return found


def _split_variables(text):
    items, quote, i = [""], "", 0
    while i < len(text):
        char = text[i]
        if char == "\\":
            if text[i + 1:i + 2] == ",":
                items[-1] += ","
                i += 1
            else:
                items[-1] += "\\\\"
        elif char == quote:
            quote = ""
        elif char in "\"'" and not quote:
            quote = char
        elif char == '"':
            items[-1] += "\\"
        elif char == "'":
            raise errors.PbsError(1, "cannot send environment with the job")
        elif char == "," and not quote:
            items.append("")
        else:
            items[-1] += char
        i += 1
    if quote:
        raise errors.PbsError(1, "cannot send environment with the job")
    return items
