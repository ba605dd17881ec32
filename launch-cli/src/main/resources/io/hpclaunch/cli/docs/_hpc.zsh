#compdef hpc hpc-launch
# SPDX-License-Identifier: Apache-2.0
# For zsh: loads the completions for bash that lie beside this file. Put this folder into fpath,
# before compinit runs.

autoload -Uz bashcompinit && bashcompinit
# What bash has and bashcompinit has not.
(( $+functions[compopt] )) || function compopt { : }
source "${${(%):-%x}:A:h}/$service"
# The file has put itself in the place of this function; this first time it is called from here.
eval "$_comps[$service]"
