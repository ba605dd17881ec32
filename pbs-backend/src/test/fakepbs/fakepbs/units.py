# SPDX-License-Identifier: Apache-2.0
"""Times, sizes and ranges as PBS writes them."""

import re

_SIZES = "kmgtp"


def seconds(text):
    """Of [[HH:]MM:]SS[.fraction]; None if it is malformed."""
    if not re.fullmatch(r"(\d+:){0,2}\d+(\.\d+)?", text):
        return None
    total = 0
    for part in text.split("."):
        for number in part.split(":"):
            total = total * 60 + int(number)
        break
    return total


def clock(total):
    """HH:MM:SS, with as many hours as it takes."""
    total = int(total)
    return "%02d:%02d:%02d" % (total // 3600, total // 60 % 60, total % 60)


def kilobytes(text):
    """Of 16gb, 100mb, 512; None if it is malformed."""
    match = re.fullmatch(r"(\d+)([kmgtpKMGTP]?)[bBwW]?", text)
    if not match:
        return None
    number, unit = int(match[1]), match[2].lower()
    return number * 1024 ** _SIZES.index(unit) if unit else -(-number // 1024)


def size(kb):
    """In the largest unit that gives a whole number."""
    unit = 0
    while kb and kb % 1024 == 0 and unit < len(_SIZES) - 1:
        kb //= 1024
        unit += 1
    return "%d%sb" % (kb, _SIZES[unit])


def array_range(text):
    """Indices and the limit of those that run at once, of X-Y[:Z][%MAX]; None if malformed."""
    match = re.fullmatch(r"(\d+)-(\d+)(?::(\d+))?(?:%(\d+))?", text)
    if not match:
        return None
    first, last, step = int(match[1]), int(match[2]), int(match[3] or 1)
    if step < 1 or last <= first or first + step > last:
        return None
    return list(range(first, last + 1, step)), int(match[4] or 0)


def index_list(text):
    """Indices of Torque's 0-3,7[%MAX], and MAX; None if malformed."""
    text, _, limit = text.partition("%")
    indices = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
        if not match or int(match[2] or match[1]) < int(match[1]):
            return None
        indices.extend(range(int(match[1]), int(match[2] or match[1]) + 1))
    if limit and not limit.isdigit():
        return None
    return sorted(set(indices)), int(limit or 0)


def ranges(indices):
    """0-3,5; - if there are none."""
    parts = []
    for index in sorted(indices):
        if parts and parts[-1][1] == index - 1:
            parts[-1][1] = index
        else:
            parts.append([index, index])
    return ",".join(str(a) if a == b else "%d-%d" % (a, b) for a, b in parts) or "-"
