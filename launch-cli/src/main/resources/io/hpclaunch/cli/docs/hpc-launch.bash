# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completes the words of hpc-launch: its own options and their values, then the program's name; for
# all else bash completes files. Starts no process. Runs on bash 3.2, and on zsh by bashcompinit.

# Fills COMPREPLY by what compgen prints, a line each.
_hpc_launch_reply() { # COMPGEN-OPTIONS…
  local line
  while IFS= read -r line; do
    COMPREPLY[${#COMPREPLY[@]}]=$line
  done < <(compgen "$@")
}

_hpc_launch_value() { # OPTION BEGINNING
  local known='fork mpi mpiexec mpirun shell'
  case $1 in
    --backend) _hpc_launch_reply -W "$known" -- "$2" ;;
    --config-file) _hpc_launch_reply -f -- "$2" ;;
  esac
}

# Sets before to the words in front of the cursor, and current to the one at it. Bash splits at "=",
# so the parts are put together again.
_hpc_launch_words() {
  local i=1 word joined=0
  before=() current=''
  while ((i <= COMP_CWORD)); do
    word=${COMP_WORDS[i]}
    if [[ $word == = ]]; then
      current=$current=
      joined=1
    elif ((joined)); then
      current=$current$word
      joined=0
    else
      ((i == 1)) || before[${#before[@]}]=$current
      current=$word
    fi
    ((i += 1))
  done
}

_hpc_launch_which() { # WORD
  if [[ -n ${ZSH_VERSION-} ]]; then whence -p -- "$1"; else type -P -- "$1"; fi
}

# The program stands already: a word since the last ":" that names an executable.
_hpc_launch_has_program() { # WORDS…
  local word found=1
  for word; do
    case $word in
      :) found=1 ;;
      -*) ;;
      *) ! _hpc_launch_which "$word" >/dev/null 2>&1 || found=0 ;;
    esac
  done
  return "$found"
}

_hpc_launch() {
  local own='--backend --config-file --set --profile --dry-run --debug --help --version'
  local before current i=0
  COMPREPLY=()
  _hpc_launch_words
  while ((i < ${#before[@]})); do
    case ${before[i]} in
      --dry-run | --debug | --help | -h | --version) ;;
      --backend=* | --config-file=* | --set=* | --profile=*) ;;
      --backend | --config-file | --set | --profile)
        if ((i + 1 == ${#before[@]})); then
          _hpc_launch_value "${before[i]}" "$current"
          return
        fi
        ((i += 1))
        ;;
      *) break ;;
    esac
    ((i += 1))
  done
  if ((i == ${#before[@]})) && [[ $current == -* ]]; then
    _hpc_launch_option "$own"
  elif [[ $current != -* && $current != */* ]] && ! _hpc_launch_has_program "${before[@]:$i}"; then
    _hpc_launch_reply -c -- "$current"
  fi
}

_hpc_launch_option() { # OPTIONS
  local option value
  if [[ $current != *=* ]]; then
    _hpc_launch_reply -W "$1" -- "$current"
    return
  fi
  option=${current%%=*}
  value=${current#*=}
  _hpc_launch_value "$option" "$value"
  # Where "=" does not split words, the whole word is replaced.
  if [[ ${COMP_WORDBREAKS-} != *=* ]]; then
    local reply whole=()
    for reply in ${COMPREPLY[@]+"${COMPREPLY[@]}"}; do whole[${#whole[@]}]=$option=$reply; done
    COMPREPLY=(${whole[@]+"${whole[@]}"})
  fi
}

complete -o default -o bashdefault -F _hpc_launch hpc-launch
