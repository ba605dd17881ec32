# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What rabbitmq-up, rabbitmq-down and rabbitmq-fault share. Source it; it runs nothing by itself.
#
# The node lives in one folder, its home: configuration, data, certificate, secrets, logs and pid
# files, and an epmd of its own. The machine's own RabbitMQ, and those in other folders, are left
# alone.

# shellcheck source=scripts/daemons.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/daemons.sh"

choose_rabbitmq_home() {
  choose_home HPC_RABBITMQ_HOME "${TMPDIR:-/tmp}/hpc-rabbitmq-$(id -un)" log
}

# Debian's rabbitmq-server in /usr/sbin changes to a user of its own; these are the programs behind it.
programs() {
  local each
  for each in /usr/lib/rabbitmq/bin /opt/rabbitmq/sbin; do
    [[ ! -x $each/rabbitmq-server ]] || { printf '%s\n' "$each" && return; }
  done
  return 1
}

# pid_of DAEMON
# Prints its pid, where the process is this daemon: the node, or its epmd.
pid_of() {
  local pid words
  pid=$(process_in "$home/run/$1.pid") || return 1
  mapfile -d '' -t words 2>/dev/null <"/proc/$pid/cmdline"
  case $1 in
    node) [[ " ${words[*]-} " == *beam*" -home $home/user "* ]] || return 1 ;;
    *) [[ "${words[*]-}" == *"epmd -address 127.0.0.1 -port $(epmd_port)" ]] || return 1 ;;
  esac
  printf '%s\n' "$pid"
}

# The ports are four in a row: AMQP, AMQP with TLS, that of the nodes' distribution, epmd.
amqp_port() { cat -- "$home/etc/port" 2>/dev/null; }
epmd_port() { printf '%s\n' "$(($(amqp_port) + 3))"; }

# environment
# Prints NAME=VALUE a line: all that the node and its tools need, and keeps them from the machine's
# own configuration. The node's name is no host's: it is the same whatever this one is called.
environment() {
  local port
  port=$(amqp_port)
  cat <<END
PATH=$PATH
HOME=$home/user
LANG=C.UTF-8
ERL_EPMD_ADDRESS=127.0.0.1
ERL_EPMD_PORT=$((port + 3))
RABBITMQ_NODENAME=hpc@localhost
RABBITMQ_DIST_PORT=$((port + 2))
RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}
RABBITMQ_CONF_ENV_FILE=$home/etc/no-env.conf
RABBITMQ_CONFIG_FILE=$home/etc/rabbitmq.conf
RABBITMQ_ADVANCED_CONFIG_FILE=$home/etc/no-advanced.config
RABBITMQ_GENERATED_CONFIG_DIR=$home/etc/generated
RABBITMQ_ENABLED_PLUGINS_FILE=$home/etc/enabled_plugins
RABBITMQ_MNESIA_BASE=$home/data
RABBITMQ_LOG_BASE=$home/log
RABBITMQ_PID_FILE=$home/run/node.pid
END
}

# daemon LOG COMMAND...
# Runs it in the background, where it goes on when who asked has ended.
daemon() {
  local log=$1 variables
  shift
  mapfile -t variables < <(environment)
  isolated "$log" "${variables[@]}" setsid --fork "$@"
}

start_epmd() {
  gone epmd || return 0
  # shellcheck disable=SC2016 # the shell that becomes epmd expands it
  daemon "$home/log/epmd" sh -c 'echo $$ >"$1" && exec epmd -address 127.0.0.1 -port "$2"' \
    sh "$home/run/epmd.pid" "$(epmd_port)"
  wait_for 10 listens "$(epmd_port)" && runs epmd
}

# node_answers
# The listeners come last: who can connect finds user and virtual host.
node_answers() {
  runs node && listens "$(amqp_port)" && listens "$(($(amqp_port) + 1))"
}

start_node() {
  local scripts
  scripts=$(programs) || return 1
  rm -f -- "$home/run/node.pid"
  daemon "$home/log/output" "$scripts/rabbitmq-server"
  wait_for 120 node_answers
}
