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
  cgroup=- cgroup_limit=0
  { mkdir -- "$group" && printf '%s\n' "$$" >"$group/cgroup.procs"; } 2>/dev/null || return 0
  cgroup=$group
}

least_limit=16384 # KiB: this process is in the group, too

# cgroup_files: sets limit_file, swap_file, use_file and event_file of cgroup, and the words that
# lift a limit and forbid swap; false where memory can't be limited there. Of version 2 the controller
# must be enabled for the groups below home, which the kernel refuses while home has processes.
cgroup_files() {
  if [[ ! -e $cgroup/memory.max && -e $home/cgroup.subtree_control ]]; then
    printf '+memory\n' >"$home/cgroup.subtree_control"
  fi 2>/dev/null
  if [[ -w $cgroup/memory.max ]]; then
    limit_file=$cgroup/memory.max swap_file=$cgroup/memory.swap.max
    use_file=$cgroup/memory.current event_file=$cgroup/memory.events
    no_limit=max no_swap=0
  elif [[ -w $cgroup/memory.limit_in_bytes ]]; then
    limit_file=$cgroup/memory.limit_in_bytes swap_file=$cgroup/memory.memsw.limit_in_bytes
    use_file=$cgroup/memory.usage_in_bytes event_file=$cgroup/memory.oom_control
    no_limit=-1 no_swap=
  else
    return 1
  fi
}

# cgroup_hold KIB: the next job of this group is held to it, 0 is no limit; sets cgroup_limit to what
# holds. What an earlier job left in memory, such as files of a tmpfs, is none of this one's: then
# it gets a new group.
cgroup_hold() {
  local limit=$1 used old=$cgroup limit_file swap_file use_file event_file no_limit no_swap
  [[ $cgroup != - && $limit != "$cgroup_limit" ]] && cgroup_files || return 0
  if ((limit > 0)) && { ! read -r used <"$use_file" || ((used / 1024 > least_limit / 2)); }; then
    cgroup_enter "$home"
    rmdir -- "$old"
    [[ $cgroup != - ]] && cgroup_files || return 0
  fi
  cgroup_limit=0
  # Of version 1, a limit of both together is never below that of the memory.
  [[ ! -w $swap_file ]] || printf '%s\n' "$no_limit" >"$swap_file"
  printf '%s\n' "$no_limit" >"$limit_file"
  ((limit > 0)) || return 0
  ((limit >= least_limit)) || limit=$least_limit
  limit=$((limit * 1024))
  printf '%s\n' "$limit" >"$limit_file" || return 0
  [[ ! -w $swap_file ]] || printf '%s\n' "${no_swap:-$limit}" >"$swap_file"
  cgroup_limit=$1
} 2>/dev/null

# cgroup_kills: sets REPLY to how many processes of cgroup the kernel has ended for want of memory.
cgroup_kills() {
  local word count limit_file swap_file use_file event_file no_limit no_swap
  REPLY=0
  cgroup_files || return 0
  while read -r word count; do
    [[ $word != oom_kill ]] || REPLY=$count
  done <"$event_file"
} 2>/dev/null

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

# remember_home HOME: so that later agents of this spool sweep it.
remember_home() {
  local line
  while IFS= read -r line; do
    [[ $line != "$1" ]] || return 0
  done <"$spool/cgroups"
  printf '%s\n' "$1" >>"$spool/cgroups"
} 2>/dev/null

# sweep_leftovers: of helpers that were killed: their figures, and their groups where these are empty.
# A group whose helper lives has just been made, or is in use.
sweep_leftovers() {
  local home group pid
  local -a empty=()
  set +f
  rm -f -- "$spool"/peak.*
  while IFS= read -r home; do
    for group in "$home"/hpc-job.*; do
      pid=${group##*/hpc-job.}
      [[ ! -d $group || -d /proc/${pid%%.*} ]] || empty+=("$group")
    done
  done <"$spool/cgroups"
  set -f
  ((${#empty[@]} == 0)) || rmdir -- "${empty[@]}"
} 2>/dev/null
