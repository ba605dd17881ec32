# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What k8s-build, k8s-up, k8s-down and k8s-fault share. Source it; it runs nothing by itself.
#
# What is built lives in one folder, the lab, which all clusters share. A cluster lives in another,
# its home: keys, kubeconfigs, ports, state, logs and pid files. Its one node, containerd and kubelet,
# sees /run, /var/lib and /var/log of its own, in a mount namespace of its own: what is mounted for
# pods is seen by nobody else, and is gone with the last process in there.

# shellcheck source=scripts/daemons.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/daemons.sh"

# Of what k8s-build makes. Another number is built anew.
readonly recipe=1

# What a caller has set for its own Kubernetes must not reach this one.
unset KUBECONFIG "${!CONTAINERD_@}" "${!ETCD_@}"

# choose_lab
choose_lab() {
  choose_home HPC_K8S_LAB "${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/hpc-launch/kubernetes" build/log
  lab=$home
}

is_built() { [[ $(cat -- "$lab/built" 2>/dev/null) == "$recipe" ]]; }

# choose_k8s_home
# Sets KUBECONFIG for the commands that follow, too.
choose_k8s_home() {
  choose_lab
  choose_home HPC_K8S_HOME "${TMPDIR:-/tmp}/hpc-k8s-$(id -un)" log
  export KUBECONFIG=$home/admin.kubeconfig
}

# The daemons, in the order in which they start.
# shellcheck disable=SC2034 # others read it
readonly daemons=(etcd apiserver controllers scheduler containerd kubelet)

# program_of DAEMON
program_of() {
  case $1 in
    apiserver | scheduler) printf 'kube-%s\n' "$1" ;;
    controllers) printf 'kube-controller-manager\n' ;;
    *) printf '%s\n' "$1" ;;
  esac
}

# of_this_cluster PID
of_this_cluster() { grep -qzxF "HPC_K8S_HOME=$home" "/proc/$1/environ" 2>/dev/null; }

# pid_of DAEMON
# Prints its pid, where the process is this daemon of this cluster. The name of a process has 15
# bytes.
pid_of() {
  local pid program
  pid=$(process_in "$home/run/$1.pid") || return 1
  program=$(program_of "$1")
  [[ $(command_of "$pid") == "${program:0:15}" ]] && of_this_cluster "$pid" || return 1
  printf '%s\n' "$pid"
}

# kubectl ARGUMENT...
kubectl() { "$lab/root/usr/bin/kubectl" --cache-dir="$home/tmp" --request-timeout=10s "$@"; }

# read_ports
# One for each who listens.
# shellcheck disable=SC2034 # k8s-up reads the last two
read_ports() {
  port=$(<"$home/port")
  etcd_port=$port peer_port=$((port + 1)) api_port=$((port + 2)) controllers_port=$((port + 3))
  scheduler_port=$((port + 4)) kubelet_port=$((port + 5)) health_port=$((port + 6))
}

# own_name
# What the cluster is called where all of the machine meet: its bridge and its control groups.
own_name() { printf 'hpc-k8s-%s\n' "$(<"$home/port")"; }

# daemon NAME COMMAND...
# Starts one, and writes down its pid, which stays the same whatever it becomes.
daemon() {
  # shellcheck disable=SC2016 # it is for that shell to expand
  isolated "$home/log/$1.log" HOME="$home/tmp" TMPDIR="$home/tmp" HPC_K8S_HOME="$home" \
    PATH="$lab/root/usr/bin:$lab/root/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    setsid --fork sh -c 'echo $$ >"$0" && exec "$@"' "$home/run/$1.pid" "${@:2}"
  wait_for 10 runs "$1"
}

# Its peers and its clients show a key of this cluster, too.
start_etcd() {
  local client=https://127.0.0.1:$etcd_port peer=https://127.0.0.1:$peer_port pki=$home/pki
  daemon etcd etcd --name=test --data-dir="$home/etcd" --logger=zap \
    --listen-client-urls="$client" --advertise-client-urls="$client" \
    --listen-peer-urls="$peer" --initial-advertise-peer-urls="$peer" --initial-cluster="test=$peer" \
    --client-cert-auth --trusted-ca-file="$pki/ca.crt" \
    --cert-file="$pki/server.crt" --key-file="$pki/server.key" \
    --peer-client-cert-auth --peer-trusted-ca-file="$pki/ca.crt" \
    --peer-cert-file="$pki/server.crt" --peer-key-file="$pki/server.key" &&
    wait_for 60 listens "$etcd_port"
}

start_apiserver() {
  local pki=$home/pki
  daemon apiserver "$lab/bin/kube-apiserver" --etcd-servers="https://127.0.0.1:$etcd_port" \
    --etcd-cafile="$pki/ca.crt" --etcd-certfile="$pki/server.crt" --etcd-keyfile="$pki/server.key" \
    --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --secure-port="$api_port" \
    --insecure-port=0 --endpoint-reconciler-type=none --service-cluster-ip-range=10.96.0.0/24 \
    --tls-cert-file="$pki/server.crt" --tls-private-key-file="$pki/server.key" \
    --client-ca-file="$pki/ca.crt" --token-auth-file="$pki/tokens.csv" \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$pki/accounts.pub" \
    --service-account-signing-key-file="$pki/accounts.key" \
    --kubelet-certificate-authority="$pki/ca.crt" \
    --kubelet-client-certificate="$pki/server.crt" --kubelet-client-key="$pki/server.key" \
    --authorization-mode=Node,RBAC --feature-gates=TTLAfterFinished=true \
    --cert-dir="$home/tmp" &&
    wait_for 120 kubectl get --raw /readyz
}

# end_daemon DAEMON
# The API server lets nobody in any more, but waits a minute for those who watch to leave: they don't.
end_daemon() {
  local pid
  if [[ $1 == apiserver ]] && pid=$(pid_of apiserver); then
    kill -TERM "$pid" 2>/dev/null || true
    wait_for 2 gone apiserver || stop apiserver KILL
  else
    stop "$1" TERM
  fi
}

# as_client NAME
# The options by which the controllers and the scheduler find the API server.
as_client() {
  printf -- '--%s=%s\n' kubeconfig "$home/$1.kubeconfig" \
    authentication-kubeconfig "$home/$1.kubeconfig" authorization-kubeconfig "$home/$1.kubeconfig" \
    bind-address 127.0.0.1 port 0 leader-elect false cert-dir "$home/tmp"
}

# By default a node is missed after 40 seconds.
start_controllers() {
  local options
  mapfile -t options < <(as_client controllers)
  daemon controllers "$lab/bin/kube-controller-manager" "${options[@]}" \
    --secure-port="$controllers_port" --controllers='*' --feature-gates=TTLAfterFinished=true \
    --node-monitor-period=1s --node-monitor-grace-period=20s \
    --service-account-private-key-file="$home/pki/accounts.key" --root-ca-file="$home/pki/ca.crt" \
    --use-service-account-credentials=true &&
    wait_for 60 listens "$controllers_port"
}

start_scheduler() {
  local options
  mapfile -t options < <(as_client scheduler)
  daemon scheduler "$lab/bin/kube-scheduler" "${options[@]}" --secure-port="$scheduler_port" &&
    wait_for 60 listens "$scheduler_port"
}

# enter_node HOME
# What the node's first process does before it becomes containerd: puts folders of the home in the
# place of the system's, and files in the place of those settings of the kernel's that the kubelet
# would change for all of the machine.
enter_node() {
  local each
  mount --make-rshared /
  for each in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops \
    kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
    cat "/proc/sys/$each" >"$1/node/${each//\//.}"
    mount --bind "$1/node/${each//\//.}" "/proc/sys/$each"
  done
  for each in run var/lib var/log; do mount --bind "$1/node/$each" "/$each"; done
}

start_containerd() {
  daemon containerd unshare --mount bash -euc \
    "$(declare -f enter_node); enter_node \"\$0\"; exec containerd --config \"\$0/containerd.toml\"" \
    "$home" && wait_for 60 on_node ctr version
}

# on_node COMMAND...
# Runs it where the node's folders are in their places.
on_node() {
  local pid
  pid=$(pid_of containerd) || return 1
  nsenter --mount --target "$pid" env PATH="$lab/root/usr/bin:$PATH" "$@"
}

# The node keeps its name and its GPUs, but forgets the latter whenever its kubelet starts.
start_kubelet() {
  local pid
  pid=$(pid_of containerd) || return 1
  daemon kubelet nsenter --mount --target "$pid" "$lab/bin/kubelet" \
    --config="$home/kubelet.yaml" --kubeconfig="$home/kubelet.kubeconfig" \
    --hostname-override=127.0.0.1 --cert-dir="$home/tmp" --container-runtime=remote \
    --container-runtime-endpoint=unix:///run/containerd/containerd.sock \
    --pod-infra-container-image=localhost/pause:lab &&
    wait_for 120 kubelet_answers && wait_for 120 node_ready && wait_for 30 pretend_gpus
}

# kubelet_answers
# Whether it does when the API server asks it: what the API server says of a node may be old.
kubelet_answers() { [[ $(kubectl get --raw /api/v1/nodes/127.0.0.1/proxy/healthz) == ok ]]; }

# node_ready
# Whether the scheduler gives it work.
node_ready() {
  local path='{.status.conditions[?(@.type=="Ready")].status}{.spec.taints}'
  [[ $(kubectl get node 127.0.0.1 --output="jsonpath=$path") == True ]]
}

# pretend_gpus
# They are only counted.
pretend_gpus() {
  local part patch=
  for part in capacity allocatable; do
    patch+=",{\"op\": \"add\", \"path\": \"/status/$part/nvidia.com~1gpu\", \"value\": \"2\"}"
  done
  curl --silent --fail --output /dev/null --max-time 10 --cacert "$home/pki/ca.crt" \
    --cert "$home/pki/admin.crt" --key "$home/pki/admin.key" --request PATCH \
    --header 'Content-Type: application/json-patch+json' --data "[${patch#,}]" \
    "https://127.0.0.1:$api_port/api/v1/nodes/127.0.0.1/status"
}
