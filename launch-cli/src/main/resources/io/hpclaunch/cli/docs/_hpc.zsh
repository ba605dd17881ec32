#compdef hpc hpc-launch
# SPDX-License-Identifier: Apache-2.0
# Completion for zsh: that of bash, which lies beside this file.
autoload -U +X bashcompinit && bashcompinit
source "${0:A:h}/hpc"
source "${0:A:h}/hpc-launch"
