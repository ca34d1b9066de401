# The lab as one tree of processes: start it, run commands in it, stop it. Sourced by `cluster`.

# $LAB/process contains the process id and the start time of the parent of the lab's first process. The start time is needed
# because the system reuses process ids.
started() { [ -r "/proc/$1/stat" ] && sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20; }
alive() {
  local pid start
  read -r pid start 2>/dev/null <"$1" && [ "$(started "$pid")" = "$start" ] && echo "$pid"
}
parent() { alive "$LAB/process"; }
owner() { alive "$LAB/owner"; }
first() {
  local pid
  pid=$(parent) && pgrep -P "$pid"
}

# --wd: without it, nsenter changes to the root directory.
enter() {
  local pid
  pid=$(first) || { say 'the lab is not running'; return 1; }
  nsenter --target "$pid" --mount --net --pid --wd="$PWD" "$@"
}

up() {
  local owner=${1:-}
  packages
  build
  image
  if [ -n "$(owner)" ]; then
    say "process $(owner) already runs a lab; only one lab per machine is possible"
    return 1
  fi
  # Part of many kernels, a module of others; the lab's own namespaces cannot load it.
  [ -e /proc/sys/net/bridge ] || modprobe br_netfilter || { say 'the kernel needs br_netfilter'; return 1; }
  # Clean up after an interrupted run.
  down
  mkdir -p "$LAB"/{log,argo,cni,git,www}
  certificates
  setsid unshare --mount --net --pid --fork --kill-child --mount-proc "$HERE/cluster" inside_node >"$LAB/log/node.log" 2>&1 </dev/null &
  echo "$! $(started $!)" >"$LAB/process"
  if [ -n "$owner" ]; then
    echo "$owner $(started "$owner")" >"$LAB/owner"
    setsid "$HERE/cluster" guard "$owner" </dev/null >"$LAB/log/guard.log" 2>&1 &
  fi
  until_ok 10 first
  ip link add $LINK type veth peer name lab0 netns "$(first)"
  ip addr add $HOST/30 dev $LINK
  ip link set $LINK up
  until [ -e "$LAB/ready" ]; do
    first >/dev/null || { tail -20 "$LAB/log/node.log" >&2; say "the node did not start; its logs are in $LAB/log"; exit 1; }
    sleep 0.2
  done
  echo "$KUBECONFIG"
}

# Stops the lab when process OWNER has ended, even when it was killed.
guard() {
  local since
  since=$(started "$1")
  while [ -n "$(parent)" ] && [ "$(started "$1")" = "$since" ]; do sleep 1; done
  down
}

down() {
  local pid hierarchy
  if pid=$(parent); then
    kill -KILL "$pid"
    until_ok 60 sh -c "! kill -0 $pid"
  fi
  # The namespaces end with the last process, with their mounts and networks. These are outside of the namespaces:
  ip link del $LINK 2>/dev/null || true
  for hierarchy in $(hierarchies); do
    [ ! -d "$hierarchy" ] || until_ok 30 sh -c "find '$hierarchy' -depth -type d -exec rmdir {} + ; [ ! -d '$hierarchy' ]" || true
  done
  [ ! -d "$LAB" ] || until_ok 30 rm -rf --one-file-system "$LAB"
}

# The kubelet's control groups: one for each hierarchy of cgroup v1, or one of cgroup v2.
hierarchies() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    echo /sys/fs/cgroup/raylab
  else
    find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d -printf '%p/raylab\n'
  fi
}

certificates() {
  local token
  mkdir -p "$LAB/pki"
  openssl genrsa -out "$LAB/pki/sa.key" 2048 2>/dev/null
  certificate api /CN=kube-apiserver "IP:127.0.0.1,IP:$NODE,IP:10.96.0.1,DNS:localhost,DNS:kubernetes.default.svc"
  certificate kubelet-client /O=system:masters/CN=kubelet-client DNS:kubelet-client
  # github.com is the host of rayServeFile's default. Within the lab that name resolves to the lab's own web server.
  certificate web /CN=web "DNS:localhost,DNS:github.com,DNS:models.lab,DNS:opened.lab,DNS:closed.lab,DNS:*.example.com"
  token=$(openssl rand -hex 16)
  (umask 077 && echo "$token,admin,admin,\"system:masters\"" >"$LAB/pki/tokens.csv" && cat >"$KUBECONFIG") <<END
apiVersion: v1
kind: Config
current-context: lab
clusters: [{name: lab, cluster: {server: "https://$NODE:6443", certificate-authority-data: "$(base64 -w0 "$CACHE/ca/ca.crt")"}}]
users: [{name: admin, user: {token: "$token"}}]
contexts: [{name: lab, context: {cluster: lab, user: admin}}]
END
}

# certificate NAME SUBJECT ALTERNATIVES
certificate() {
  local file=$LAB/pki/$1
  openssl req -newkey rsa:2048 -nodes -keyout "$file.key" -out "$file.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "$file.csr" -CA "$CACHE/ca/ca.crt" -CAkey "$CACHE/ca/ca.key" -CAserial "$LAB/pki/serial" -CAcreateserial -days 30 \
    -extfile <(echo "subjectAltName=$3") -out "$file.crt" 2>/dev/null
}
