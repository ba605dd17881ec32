# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the scripts here share. Source it; it runs nothing by itself.

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }

# ensure_packages PACKAGE...
# Installs what is missing, where this is root on Debian or its like. Elsewhere it says what to
# install, and returns 1: the caller decides what it can do without.
ensure_packages() {
  local package missing=()
  if ! command -v dpkg-query >/dev/null; then
    warn "No dpkg here: these Debian packages, or your system's own, are needed: $*"
    return 1
  fi
  for package in "$@"; do
    if [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true) != installed ]]; then
      missing+=("$package")
    fi
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    warn "Not installed: ${missing[*]}. The suites that need them will be skipped."
    warn "To run them too: sudo apt-get install --no-install-recommends ${missing[*]}"
    return 1
  fi
  say "Installing ${missing[*]}"
  if ! { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update &&
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
      -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 install "${missing[@]}" >/dev/null; } </dev/null; then
    warn "Could not install ${missing[*]}. The suites that need them will be skipped."
    return 1
  fi
}

# ensure_build_tools
# A JDK of 17 or newer and Maven of 3.8 or newer.
ensure_build_tools() {
  local wanted=()
  command -v javac >/dev/null || [[ -x ${JAVA_HOME:-}/bin/javac ]] || wanted+=(openjdk-17-jdk-headless)
  command -v mvn >/dev/null || wanted+=(maven)
  ((${#wanted[@]} == 0)) || ensure_packages "${wanted[@]}"
}

# java_major HOME
# Prints the feature version of the JDK there, 0 where its release file does not tell.
java_major() {
  local version
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null) || version=
  say "${version:-0}"
}

# other_java_homes
# Prints, joined by colons, the JDKs of 17 or newer on this machine besides the one that builds.
other_java_homes() {
  local running release home homes=()
  running=$(mvn -v | sed -n 's/^.*runtime: //p')
  running=$(realpath -m -- "$running")
  for release in /usr/lib/jvm/*/release; do
    [[ -e $release ]] || continue
    home=$(realpath -- "${release%/release}")
    [[ $home != "$running" && -x $home/bin/java ]] || continue
    (($(java_major "$home") >= 17)) || continue
    [[ " ${homes[*]-} " == *" $home "* ]] || homes+=("$home")
  done
  local IFS=:
  say "${homes[*]-}"
}

# report_totals FILE...
# Adds up JUnit XML reports: prints "tests failed skipped", then one line for each reason for
# which tests were skipped.
report_totals() {
  awk '
    function attribute(line, name,    value) {
      if (!match(line, "[ \t]" name "=\"[^\"]*\"")) return ""
      value = substr(line, RSTART, RLENGTH)
      sub("^[^\"]*\"", "", value)
      sub("\"$", "", value)
      return value
    }
    function plain(text) {
      gsub("&#1[03];", " ", text); gsub("&lt;", "<", text); gsub("&gt;", ">", text)
      gsub("&quot;", "\"", text); gsub("&apos;", "\047", text); gsub("&amp;", "\\&", text)
      sub("^org.opentest4j.TestAbortedException: ", "", text); sub("^Assumption failed: ", "", text)
      return text
    }
    function skip_reason(reason) {
      reason = plain(reason)
      if (reason == "") reason = "no reason given"
      if (!(reason in seen)) { seen[reason] = 1; reasons = reasons "\n" reason }
    }
    # A start tag may stretch over several lines; output in CDATA may hold anything. A failed
    # assumption has its reason in the first line of the CDATA, a disabled test in an attribute.
    {
      line = $0
      if (!cdata && match(line, /<skipped[^>]*><!\[CDATA\[/)) {
        reason = substr(line, RSTART + RLENGTH)
        sub(/\]\]>.*/, "", reason)
        skip_reason(reason)
        sub(/<skipped[^>]*>/, "", line)
      }
      if (cdata) { if (!match(line, /\]\]>/)) next; line = substr(line, RSTART + 3); cdata = 0 }
      while ((start = index(line, "<![CDATA[")) > 0) {
        rest = substr(line, start + 9)
        if ((end = index(rest, "]]>")) > 0) line = substr(line, 1, start - 1) substr(rest, end + 3)
        else { line = substr(line, 1, start - 1); cdata = 1; break }
      }
      tag = tag " " line
      if (tag ~ /<(testsuite|skipped)[ \t][^>]*$/) next
      if (match(tag, /<testsuite[ \t][^>]*>/)) {
        suite = substr(tag, RSTART, RLENGTH)
        tests += attribute(suite, "tests"); skipped += attribute(suite, "skipped")
        failed += attribute(suite, "failures") + attribute(suite, "errors")
      }
      if (match(tag, /<skipped[ \t][^>]*>/)) {
        skip_reason(attribute(substr(tag, RSTART, RLENGTH), "message"))
      }
      tag = ""
    }
    END { printf "%d %d %d%s\n", tests, failed, skipped, reasons }
  ' "$@" </dev/null
}

# coverage_line CSV
# Prints lines and branches covered, from a JaCoCo report.
coverage_line() {
  awk -F, '
    NR > 1 { branches += $6 + $7; b += $7; lines += $8 + $9; l += $9 }
    END {
      if (lines) printf "Coverage: %.1f %% of %d lines", 100 * l / lines, lines
      if (lines && branches) printf ", %.1f %% of %d branches", 100 * b / branches, branches
      if (lines) printf "\n"
    }
  ' "$1"
}
