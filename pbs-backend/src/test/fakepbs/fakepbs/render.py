# SPDX-License-Identifier: Apache-2.0
"""How qstat writes jobs: tables, text, JSON, DSV and XML."""

import json
import math
import re
from xml.sax.saxutils import escape

LINE = 78

# These are text in JSON whatever they look like.
TEXT_IN_JSON = {"Job_Name", "Job_Owner", "Account_Name", "project", "Submit_arguments", "comment"}


# ---- JSON

def number(text):
    """A number as cJSON prints it."""
    value = float(text)
    if math.isinf(value) or math.isnan(value):
        return "null"
    short = "%.15g" % value
    same = math.isclose(float(short), value, rel_tol=2.3e-16, abs_tol=0)
    return short if same else "%.17g" % value


def string(text):
    """A string as cJSON prints it: bytes that are no UTF-8 pass through."""
    known = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r",
             "\t": "\\t"}
    return '"%s"' % re.sub(
        r'["\\\x00-\x1f]', lambda m: known.get(m[0]) or "\\u%04x" % ord(m[0]), text)


def guessed(text):
    """What qstat makes of a value: it takes all that can be JSON for JSON."""
    stripped = text.strip(" \t\r\n")
    if stripped in ("true", "false", "null"):
        return stripped
    if re.fullmatch(r"-?\d+(\.\d*)?([eE][+-]?\d+)?", stripped):
        return number(stripped)
    if stripped[:1] in '{["' and stripped:
        try:
            return _nested(json.loads(stripped))
        except ValueError:
            pass
    return string(text)


def _nested(value):
    if isinstance(value, str):
        return string(value)
    return json.dumps(value, indent="\t", separators=(",", ":\t"), ensure_ascii=False)


def variable_pairs(text):
    """How qstat splits Variable_List: a backslash before a comma is dropped, whatever it was."""
    for item in re.findall(r"(?:\\,|[^,])+", text):
        name, _, value = item.replace("\\,", ",").partition("=")
        yield name, value


def json_object(rows, depth):
    """Rows of [name, value text] as an object."""
    tabs = "\t" * (depth + 1)
    body = ",\n".join("%s%s:\t%s" % (tabs, string(name), value) for name, value in rows)
    return "{\n%s%s%s}" % (body, "\n" if rows else "", "\t" * depth)


def json_fields(rows, depth):
    """Attributes as an object; resources of one name become an object within."""
    out = []
    last = None
    for name, resource, value in rows:
        if resource is not None:
            if last != name:
                out.append((name, []))
            out[-1][1].append((resource, guessed(value)))
            last = name
            continue
        last = None
        if name == "Variable_List":
            out.append((name, [(key, guessed(text)) for key, text in variable_pairs(value)]))
        else:
            out.append((name, string(value) if name in TEXT_IN_JSON else guessed(value)))
    plain = [(name, json_object(value, depth + 1) if isinstance(value, list) else value)
             for name, value in out]
    return json_object(plain, depth)


def json_answer(now, settings, title, named_rows):
    """The whole of qstat -F json; title is left out where there is nothing to tell."""
    rows = [("timestamp", str(int(now))), ("pbs_version", string(settings.version)),
            ("pbs_server", string(settings.server))]
    if named_rows:
        inner = [(name, json_fields(fields, 2)) for name, fields in named_rows]
        rows.append((title, json_object(inner, 1)))
    return json_object(rows, 0) + "\n"


# ---- text

def visible(text):
    """Control characters as ^A."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", lambda m: "^" + chr(ord(m[0]) ^ 0x40), text)


def one_line(text):
    """Without line feeds."""
    return visible(text.replace("\n", "\\n").replace("\f", "\\f"))


def folded(label, value):
    """An attribute of qstat -f, broken at commas, and within what is longer than a line."""
    out = ["    %s = " % label]
    column = len(label) + 7
    pieces = [visible(piece) for piece in value.split(",") if piece]
    for at, piece in enumerate(pieces):
        if len(piece) + column < LINE:
            out.append(piece)
            column += len(piece)
        else:
            if at:
                out.append("\n\t")
                column = 9
            for char in piece:
                out.append(char)
                column += 1
                if column > LINE:
                    out.append("\n\t")
                    column = 8
        if at < len(pieces) - 1:
            out.append(",")
    return "".join(out)


def label(name, resource):
    """Resource_List.mem."""
    return name if resource is None else "%s.%s" % (name, resource)


def full(job_id, rows, wide, title="Job Id"):
    """One job of qstat -f."""
    lines = ["%s: %s" % (title, job_id)]
    for name, resource, value in rows:
        if wide:
            lines.append("    %s = %s" % (label(name, resource), one_line(value)))
        else:
            lines.append(folded(label(name, resource), value))
    return "\n".join(lines) + "\n\n"


def dsv(job_id, rows, delimiter):
    """One job of qstat -f -F dsv."""
    parts = ["Job Id: " + job_id]
    for name, resource, value in rows:
        value = re.sub(r"\\(?!['\",])", r"\\\\", value).replace(delimiter, "\\" + delimiter)
        parts.append("%s=%s" % (label(name, resource), one_line(value)))
    return delimiter.join(parts) + "\n"


def xml(jobs):
    """Torque's qstat -x, all on one line."""
    out = ['<?xml version="1.0"?>\n<Data>']
    for job_id, rows in jobs:
        out.append("<Job><Job_Id>%s</Job_Id>" % escape(job_id))
        last = None
        for name, resource, value in rows:
            if last and last != (name if resource else None):
                out.append("</%s>" % last)
                last = None
            if resource and not last:
                out.append("<%s>" % name)
                last = name
            tag = resource or name
            out.append("<%s>%s</%s>" % (tag, escape(value), tag))
        out.append("</%s></Job>" % last if last else "</Job>")
    return "".join(out) + "</Data>\n"


# ---- tables

def cut(text, width):
    """At most so wide; a star says that there is more."""
    return text if len(text) < width else text[:width - 1] + "*"


def brief(jobs, torque):
    """Plain qstat, of (id, name, user, time, state, queue)."""
    if torque:
        head = ("Job ID                    Name             User            Time Use S Queue\n"
                "------------------------- ---------------- --------------- -------- - -----\n")
        line = "%-25s %-16s %-15s %8s %1s %-15s\n"
    else:
        head = ("Job id            Name             User              Time Use S Queue\n"
                "----------------  ---------------- ----------------  -------- - -----\n")
        line = "%-17s %-16s %-16s  %8s %1s %-16s\n"
    body = "".join(line % (cut(i, 18 if not torque else 26), cut(n, 16) if len(n) >= 17 or
                           not torque else n, u[:16], t, s, q) for i, n, u, t, s, q in jobs)
    return head + body if jobs else ""


def alternative(server, jobs):
    """qstat -a and -u."""
    if not jobs:
        return ""
    head = ("\n%s: \n" % server
            + " " * 60 + "Req'd  Req'd   Elap\n"
            "Job ID          Username Queue    Jobname    SessID NDS TSK Memory Time  S Time\n"
            "--------------- -------- -------- ---------- ------ --- --- ------ ----- - -----\n")
    line = "%-15.15s %-8.8s %-8.8s %-10.10s %6s %3s %3s %6s %5s %1s %5s\n"
    return head + "".join(line % job for job in jobs)
