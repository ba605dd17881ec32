# SPDX-License-Identifier: Apache-2.0
# Completion of hpc-launch for bash: its own options, then commands and files.
_hpc_launch() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  [[ $previous != = ]] || previous=${COMP_WORDS[COMP_CWORD - 2]}
  [[ $current != = ]] || current=
  case $previous in
    --backend) COMPREPLY=($(compgen -W 'mpi mpiexec mpirun fork' -- "$current")) ;;
    --config-file) COMPREPLY=($(compgen -f -- "$current")) ;;
    --set | --profile) COMPREPLY=() ;;
    *)
      if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W '--backend --config-file --set --profile --dry-run --debug --help --version -n' -- "$current"))
      else
        COMPREPLY=($(compgen -c -- "$current") $(compgen -f -- "$current"))
      fi
      ;;
  esac
}
complete -o filenames -F _hpc_launch hpc-launch
