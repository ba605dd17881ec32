# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What podman-up and podman-down share. Source it; it runs nothing by itself.

# shellcheck source=scripts/daemons.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/daemons.sh"

choose_podman_home() { choose_home HPC_PODMAN_HOME "${TMPDIR:-/tmp}/hpc-podman-$(id -un)" log; }
