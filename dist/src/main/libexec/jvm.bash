# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154,SC2030,SC2031
# What the commands in bin/ share: finds the installation, Java and the class path, and keeps a
# class-data archive that makes the start fast. Source it with hpc_home and hpc_jvm_options set; it
# runs nothing by itself.
#
# Works with bash 3.2. Every name here begins with hpc_, so that no variable that the user exported
# is changed for the program that is started.

# hpc_fail STATUS MESSAGE: ends with one line.
hpc_fail() {
  printf '%s: %s\n' "${0##*/}" "$2" >&2
  exit "$1"
}

# hpc_find_java: sets hpc_java and hpc_java_version, a JDK or JRE of 17 or newer.
hpc_find_java() {
  local hpc_home_of_java hpc_line hpc_major
  if [[ -n ${JAVA_HOME:-} ]]; then
    hpc_java=$JAVA_HOME/bin/java
    [[ -x $hpc_java ]] || hpc_fail 2 "JAVA_HOME is $JAVA_HOME, which has no bin/java: set it to a JDK 17 or newer"
    hpc_home_of_java=$JAVA_HOME
  else
    hpc_java=$(type -P java) || hpc_fail 2 'no java on PATH: install a JDK 17 or newer, or set JAVA_HOME'
    [[ ! -L $hpc_java ]] || hpc_java=$(readlink -f -- "$hpc_java")
    hpc_home_of_java=${hpc_java%/bin/java}
  fi
  hpc_java_version=
  if [[ -r $hpc_home_of_java/release ]]; then
    while IFS= read -r hpc_line; do
      case $hpc_line in
        JAVA_VERSION=*) hpc_java_version=${hpc_line#JAVA_VERSION=} && hpc_java_version=${hpc_java_version//\"/} ;;
      esac
    done <"$hpc_home_of_java/release"
  fi
  if [[ -z $hpc_java_version ]]; then
    hpc_line=$(unset -v JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS && "$hpc_java" -version 2>&1) || hpc_fail 2 "$hpc_java does not run: install a JDK 17 or newer, or set JAVA_HOME"
    hpc_java_version=${hpc_line#*\"} && hpc_java_version=${hpc_java_version%%\"*}
  fi
  hpc_major=${hpc_java_version%%[!0-9]*}
  ((${hpc_major:-0} >= 17)) ||
    hpc_fail 2 "$hpc_java is version $hpc_java_version: install a JDK 17 or newer, or set JAVA_HOME"
}

# hpc_find_jars PREFIX...: sets hpc_jars, the jars of lib/ whose names begin so and those in plugins/,
# and hpc_more_jars, which HPC_PLUGIN_PATH adds behind them: the archive holds for a class path that
# begins like its own.
hpc_find_jars() {
  local hpc_jar hpc_rest hpc_element hpc_prefix
  hpc_jars=
  for hpc_prefix; do
    for hpc_jar in "$hpc_home/lib/$hpc_prefix"*.jar; do
      [[ ! -e $hpc_jar ]] || hpc_jars=${hpc_jars:+$hpc_jars:}$hpc_jar
    done
  done
  for hpc_jar in "$hpc_home"/plugins/*.jar; do
    [[ ! -e $hpc_jar ]] || hpc_jars=${hpc_jars:+$hpc_jars:}$hpc_jar
  done
  [[ -n $hpc_jars ]] || hpc_fail 2 "no jars in $hpc_home/lib: the installation is not whole"
  hpc_more_jars=
  hpc_rest=${HPC_PLUGIN_PATH:-}:
  while [[ -n $hpc_rest ]]; do
    hpc_element=${hpc_rest%%:*}
    hpc_rest=${hpc_rest#*:}
    if [[ $hpc_element == *.jar && -f $hpc_element ]]; then
      hpc_more_jars=$hpc_more_jars:$hpc_element
    elif [[ -n $hpc_element && -d $hpc_element ]]; then
      for hpc_jar in "$hpc_element"/*.jar; do
        [[ ! -e $hpc_jar ]] || hpc_more_jars=$hpc_more_jars:$hpc_jar
      done
    fi
  done
}

# shellcheck disable=SC2086
# hpc_use_archive NAME CLASS: sets hpc_archive, the JVM's options for the archive NAME, which is made
# by running CLASS when there is none for just this Java and these jars. Without a folder to write to
# it stays empty.
hpc_use_archive() {
  local hpc_state hpc_folder hpc_key hpc_kept hpc_line
  hpc_archive=()
  hpc_state=${HPC_STATE_DIR:-}
  if [[ -z $hpc_state ]]; then
    if [[ ${XDG_STATE_HOME:-} == /* ]]; then
      hpc_state=$XDG_STATE_HOME/hpc-launch
    elif [[ -n ${HOME:-} ]]; then
      hpc_state=$HOME/.local/state/hpc-launch
    else
      return 0
    fi
  fi
  # Sizes and times, as the JVM itself compares them: an archive for other files is of no use.
  hpc_key="$1 $hpc_java_version
$(
    IFS=: && set -f && export LC_ALL=C && exec 2>/dev/null
    ls -lnLd --time-style=+%s -- "$hpc_java" $hpc_jars || ls -lnLdT -- "$hpc_java" $hpc_jars
  )"
  hpc_folder=${1}-${hpc_java_version}-${hpc_home}
  hpc_folder=$hpc_state/cache/jvm/${hpc_folder//[^A-Za-z0-9.-]/_}
  # What stands there becomes options of a JVM: only what this user wrote, and only an archive.
  if [[ -r $hpc_folder/options && -O $hpc_folder/options && -O $hpc_folder ]]; then
    IFS= read -r -d '' hpc_kept <"$hpc_folder/options"
    if [[ $hpc_kept == "$hpc_key"$'\n\n'* ]]; then
      while IFS= read -r hpc_line; do
        case $hpc_line in
          -XX:SharedArchiveFile="$hpc_folder"/archive-* | -XX:AOTCache="$hpc_folder"/archive-*)
            hpc_archive+=("$hpc_line")
            ;;
        esac
      done <<<"${hpc_kept#"$hpc_key"}"
      return 0
    fi
  fi
  if [[ -n ${hpc_static:-} ]]; then
    hpc_make_archive_aside "$1" "$2"
  else
    hpc_make_archive "$1" "$2" 2>/dev/null || return 0
  fi
}

# hpc_use_static_archive NAME CLASS: as hpc_use_archive, for classes such as picocli's, which are too
# old for the archives that JVMs before 25 write when they end. This takes seconds, which nobody waits
# for: a missing archive is there for a later start.
hpc_use_static_archive() {
  local hpc_static=1
  hpc_use_archive "$1" "$2"
}

# hpc_make_archive_aside NAME CLASS: makes an archive beside the command, which goes on without it. Who
# makes it is no child of the command's, holds none of its files, and gives way to all that runs.
hpc_make_archive_aside() {
  local hpc_fd hpc_nice=(nice -n 19)
  (
    trap '' INT QUIT
    exec </dev/null >/dev/null 2>&1
    for hpc_fd in /dev/fd/*; do
      hpc_fd=${hpc_fd##*/}
      case $hpc_fd in
        [012] | *[!0-9]*) ;;
        *) eval "exec $hpc_fd>&-" ;;
      esac
    done
    # another start may be about it
    [[ -n $(find "$hpc_folder" -maxdepth 1 -name 'making.*' -mmin -10) ]] ||
      hpc_make_archive "$1" "$2" &
  )
}

# hpc_dump_archive CLASS FOLDER: a training run lists the classes, a second JVM writes the archive.
hpc_dump_archive() {
  "${hpc_maker[@]}" "${hpc_jvm_options[@]}" "-XX:DumpLoadedClassList=$2/classes" -cp "$hpc_jars" "$1" "$2" &&
    "${hpc_maker[@]}" -Xshare:dump -Xlog:disable "-XX:SharedClassListFile=$2/classes" \
      "-XX:SharedArchiveFile=$2/archive" -cp "$hpc_jars"
}

# hpc_make_archive NAME CLASS: writes under names of its own, then renames; several may do so at once.
# The options are written last, and name a file that only this start has written.
hpc_make_archive() {
  local hpc_file hpc_option hpc_work hpc_old hpc_maker
  hpc_maker=(${hpc_nice[@]+"${hpc_nice[@]}"} "$hpc_java")
  (umask 077 && mkdir -p -- "$hpc_folder") || return 1
  [[ -w $hpc_folder && -O $hpc_folder ]] || return 1
  # left by starts that were ended in the middle
  find "$hpc_folder" -maxdepth 1 -name 'making.*' -mmin +60 -exec rm -rf -- {} +
  hpc_work=$(mktemp -d "$hpc_folder/making.XXXXXX") || return 1
  hpc_file=$hpc_folder/archive-${hpc_work##*.}
  hpc_option=SharedArchiveFile
  if ((${hpc_java_version%%[!0-9]*} >= 25)); then
    hpc_option=AOTCache
    set -- "$1" "$2" "-XX:AOTCacheOutput=$hpc_work/archive"
  else
    set -- "$1" "$2" "-XX:ArchiveClassesAtExit=$hpc_work/archive"
  fi
  if (
    unset -v JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS
    export LC_ALL=C.UTF-8
    exec </dev/null >/dev/null 2>&1
    if [[ -n ${hpc_static:-} && $hpc_option == SharedArchiveFile ]]; then
      hpc_dump_archive "$2" "$hpc_work"
    else
      "${hpc_maker[@]}" "${hpc_jvm_options[@]}" "$3" -cp "$hpc_jars" \
        "-Dhpc.home=$hpc_home" "-Dhpc.plugins=$hpc_home/plugins" "$2" "$hpc_work"
    fi
  ) && [[ -s $hpc_work/archive ]] && mv -f -- "$hpc_work/archive" "$hpc_file"; then
    hpc_archive=("-XX:$hpc_option=$hpc_file")
  fi
  # Without an archive the options say so: it is not tried again at each start.
  {
    printf '%s\n\n' "$hpc_key"
    ((${#hpc_archive[@]} == 0)) || printf '%s\n' "${hpc_archive[@]}"
  } >"$hpc_work/options" && mv -f -- "$hpc_work/options" "$hpc_folder/options"
  for hpc_old in "$hpc_folder"/archive-*; do
    [[ $hpc_old == "$hpc_file" || $hpc_old -nt $hpc_file ]] || rm -f -- "$hpc_old"
  done
  rm -rf -- "$hpc_work"
}
