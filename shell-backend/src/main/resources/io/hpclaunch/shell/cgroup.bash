# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# Control groups, where one is delegated to this user: what leaves a job's process group, its session
# and its environment can't leave these. Each helper has one, in which the jobs that it runs are born,
# one after the other: to move a process costs the kernel 25 ms, to be born costs nothing. See
# cgroups(7); of version 1 any hierarchy serves that HPC_SHELL_CGROUP names.

# cgroup_home: sets REPLY, the group below which there may be groups: HPC_SHELL_CGROUP, else this
# process's own, and never a job's, out of which an agent moves; false where there is none.
cgroup_home() {
  local line path='' mount
  REPLY=${HPC_SHELL_CGROUP:-}
  if [[ -z $REPLY ]]; then
    while IFS= read -r line; do
      [[ $line != 0::/* ]] || path=${line#0::}
    done 2>/dev/null </proc/self/cgroup
    for mount in /sys/fs/cgroup /sys/fs/cgroup/unified; do
      [[ ! -e $mount/cgroup.controllers ]] || REPLY=$mount${path%/}
    done
    [[ -n $path && $path != *' (deleted)' ]] || return 1
  fi
  REPLY=${REPLY%%/hpc-job.*}
  [[ $REPLY == /* && -w $REPLY/cgroup.procs && -w $REPLY ]]
}

# cgroup_enter HOME: makes a new group and moves this process there; sets cgroup, - where it can't.
cgroup_enter() {
  local group=$1/hpc-job.$$.$((++cgroup_count))
  cgroup=-
  { mkdir -- "$group" && printf '%s\n' "$group" >>"$spool/cgroups" &&
    printf '%s\n' "$$" >"$group/cgroup.procs"; } 2>/dev/null || return 0
  cgroup=$group
}

# cgroup_members GROUP: sets REPLY to the pids in it and in those below it; empty without one.
cgroup_members() {
  local file pids
  REPLY=
  [[ $1 != - && -e $1/cgroup.procs ]] || return 0
  shopt -s globstar
  set +f
  local files=("$1"/**/cgroup.procs)
  set -f
  for file in "${files[@]}"; do
    { mapfile -t pids <"$file"; } 2>/dev/null
    REPLY+=" ${pids[*]}"
  done
}

# sweep_leftovers: of helpers that were killed: their figures, and their groups where these are empty.
sweep_leftovers() {
  local group kept=''
  set +f
  rm -f -- "$spool"/peak.*
  set -f
  : >>"$spool/cgroups"
  while IFS= read -r group; do
    [[ $group == */hpc-job.* && -d $group ]] || continue
    rmdir -- "$group" || kept+=$group$'\n'
  done <"$spool/cgroups"
  printf %s "$kept" >"$spool/cgroups"
} 2>/dev/null
