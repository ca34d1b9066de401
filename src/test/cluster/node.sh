# The processes of the lab. `inside_node` is the first one. Sourced by `cluster`.

inside_node() {
  local bin hierarchy token address
  bin=$(dir_of kubernetes)
  # Some servers write to fixed directories; these mounts end with the lab.
  mount -t tmpfs tmpfs /run
  mount -t tmpfs tmpfs /var/log
  mkdir -p /var/lib/cni /run/lock
  mount -t tmpfs tmpfs /var/lib/cni
  until_ok 20 ip link show lab0
  ip link set lo up
  for address in "$INTERNET" "$OPENED" "$CLOSED" "$METADATA"; do ip addr add "$address/32" dev lo; done
  ip addr add $NODE/30 dev lab0
  ip link set lab0 up
  ip route add default via $HOST
  sysctl -qw net.ipv4.ip_forward=1
  # Without it, what pods of the same node send each other passes the bridge and no rule.
  sysctl -qw net.bridge.bridge-nf-call-iptables=1
  for hierarchy in $(hierarchies); do
    mkdir -p "$hierarchy"
    # With the default, all pods together get as much CPU as a single other process.
    [ ! -e "$hierarchy/cpu.shares" ] || echo 4096 >"$hierarchy/cpu.shares"
    [ ! -e "$hierarchy/cpu.weight" ] || echo 400 >"$hierarchy/cpu.weight"
  done

  # All servers here are written in Go. With the default, garbage collection takes a fifth of the API server's time.
  export GOGC=400

  serve etcd etcd --data-dir "$LAB/etcd" --unsafe-no-fsync --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380
  apiserver "$bin"
  containers
  web
  until_ok 120 kubectl get --raw /readyz
  serve controllers "$bin/kube-controller-manager" --kubeconfig="$KUBECONFIG" --leader-elect=false --bind-address=127.0.0.1 \
    --service-account-private-key-file="$LAB/pki/sa.key" --root-ca-file="$CACHE/ca/ca.crt" --use-service-account-credentials=true \
    --allocate-node-cidrs=true --cluster-cidr=10.244.0.0/16
  serve scheduler "$bin/kube-scheduler" --kubeconfig="$KUBECONFIG" --leader-elect=false --bind-address=127.0.0.1
  kubelet "$bin"
  serve proxy "$bin/kube-proxy" --kubeconfig="$KUBECONFIG" --proxy-mode=iptables --cluster-cidr=10.244.0.0/16 --hostname-override=node1 \
    --conntrack-max-per-core=0
  names
  kubectl apply -f "$HERE/modest-pods.yaml"
  kubectl apply --server-side -f "$(dir_of kuberay)/config/crd/bases/" -f "$(dir_of kro)/helm/crds/" >/dev/null
  # kubectl wait fails at once while a kind has no conditions, so it is repeated.
  until_ok 60 kubectl wait --for=condition=Established crd --all --timeout=10s
  # kro watches its objects, so the resync is only a fallback. With the default of 3 seconds, a dozen instances that are not ready,
  # with nine requests each, cost the API server half a core.
  kubectl apply -f "$HERE/kro-access.yaml"
  token=$(kubectl create token kro --namespace=kro-system --duration=24h)
  (umask 077 && sed "s/token: \"[^\"]*\"/token: \"$token\"/" "$KUBECONFIG" >"$LAB/kro.kubeconfig")
  KUBECONFIG=$LAB/kro.kubeconfig serve kro "$(dir_of kro)/controller" --health-probe-bind-address=127.0.0.1:8079 --metrics-bind-address=127.0.0.1:8078 \
    --instance-requeue-interval=10s
  until_ok 120 kubectl get node node1
  # It ends when it does not find its node.
  serve policies "$(dir_of kube-router)/kube-router" --run-router=false --run-firewall=true --run-service-proxy=false --kubeconfig="$KUBECONFIG" \
    --hostname-override=node1 --service-cluster-ip-range=10.96.0.0/16 --health-port=0
  until_ok 120 kubectl wait --for=condition=Ready node/node1 --timeout=10s
  # Two GPUs, as a device plugin would report them. No test uses a GPU.
  kubectl patch node node1 --subresource=status --type=merge -p '{"status":{"capacity":{"nvidia.com/gpu":"2","example.com/npu":"4"}}}'
  pods
  touch "$LAB/ready"
  # The first process of a process namespace must reap orphaned processes.
  while :; do wait -n || sleep 0.2; done
}

# KubeRay and the ingress controller.
pods() {
  local namespace
  for namespace in kuberay-operator ingress-nginx; do kubectl create namespace $namespace; done
  mkdir -p "$LAB/kuberay"
  printf 'namespace: kuberay-operator\nresources: [%s]\n' "$(realpath --relative-to="$LAB/kuberay" "$(dir_of kuberay)/config/rbac")" >"$LAB/kuberay/kustomization.yaml"
  kubectl apply -k "$LAB/kuberay" >/dev/null
  sed "s#\$KUBERAY#$(dir_of kuberay)#; s#\$RAY_VERSION#$RAY_VERSION#; s#\$LAB#$LAB#; s#\$NODE#$NODE#" "$HERE/pods.yaml" | kubectl apply -f -
  until_ok 120 kubectl -n kuberay-operator rollout status deployment --timeout=10s
  until_ok 120 kubectl -n ingress-nginx rollout status deployment --timeout=10s
}

apiserver() {
  local pki=$LAB/pki
  serve apiserver "$1/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --bind-address=$NODE --advertise-address=$NODE --secure-port=6443 \
    --tls-cert-file="$pki/api.crt" --tls-private-key-file="$pki/api.key" --client-ca-file="$CACHE/ca/ca.crt" --token-auth-file="$pki/tokens.csv" \
    --authorization-mode=Node,RBAC --allow-privileged=true --service-account-key-file="$pki/sa.key" \
    --service-account-signing-key-file="$pki/sa.key" --service-account-issuer=https://kubernetes.default.svc \
    --service-cluster-ip-range=10.96.0.0/16 --kubelet-client-certificate="$pki/kubelet-client.crt" \
    --kubelet-client-key="$pki/kubelet-client.key" --kubelet-preferred-address-types=InternalIP
}

again() {
  enter "$HERE/cluster" inside_again
  until_ok 120 kubectl get --raw /readyz
}

inside_again() { apiserver "$(dir_of kubernetes)"; }

containers() {
  local image
  cat >"$LAB/cni/10-bridge.conflist" <<END
{"cniVersion": "0.4.0", "name": "raylab", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$LAB/ipam", "ranges": [[{"subnet": "10.244.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END
  cat >"$LAB/containerd.toml" <<END
version = 2
root = "$LAB/containerd/root"
state = "$LAB/containerd/state"
[grpc]
  address = "/run/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$LAB/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.local/pause:1"
  restrict_oom_score_adj = true   # without CAP_SYS_RESOURCE a lower score cannot be set
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$LAB/cni"
END
  serve containerd containerd -c "$LAB/containerd.toml"
  until_ok 30 ctr -a /run/containerd.sock version
  for image in pause no-ray ray; do ctr -a /run/containerd.sock -n k8s.io images import "$(images_dir)/$image.tar" >/dev/null; done
}

kubelet() {
  cat >"$LAB/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: false}, x509: {clientCAFile: $CACHE/ca/ca.crt}}
authorization: {mode: AlwaysAllow}
address: $NODE
healthzBindAddress: 127.0.0.1
cgroupDriver: cgroupfs
cgroupRoot: /raylab
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
clusterDNS: [$NODE]
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///run/containerd.sock
podLogsDir: $LAB/pods
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
END
  serve kubelet "$1/kubelet" --kubeconfig="$KUBECONFIG" --config="$LAB/kubelet.yaml" --node-ip=$NODE --hostname-override=node1 \
    --root-dir="$LAB/kubelet"
}

names() {
  cat >"$LAB/Corefile" <<END
.:53 {
  bind $NODE
  errors
  hosts {
    # The certificate does not have the last name.
    $INTERNET github.com models.lab unnamed.lab
    $OPENED opened.lab
    $CLOSED closed.lab
    fallthrough
  }
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $KUBECONFIG
  }
}
END
  serve coredns "$(dir_of coredns)/coredns" -conf "$LAB/Corefile"
}

# Serves zips over https, at an address of the internet and at two of a company's network.
web() {
  chmod 755 "$LAB"
  echo "deploy:$(openssl passwd -apr1 password-of-the-lab)" >"$LAB/passwords"
  nginx_conf web >"$LAB/nginx.conf" <<END
  server {
    listen $INTERNET:443 ssl;
    listen $OPENED:443 ssl;
    listen $CLOSED:443 ssl;
    listen $METADATA:80;
    root $LAB/www;
    location /private/ {
      return 403;
    }
    location /protected/ {
      auth_basic models;
      auth_basic_user_file $LAB/passwords;
    }
  }
END
  serve nginx nginx -c "$LAB/nginx.conf" -g 'daemon off;'
  mkdir -p "$LAB/ingress"
  # The servers that a test writes: the hosts of the Ingresses.
  touch "$LAB/ingress/hosts.conf"
  nginx_conf ingress >"$LAB/ingress/nginx.conf" <<END
  include $LAB/ingress/hosts.conf;
  server {
    listen 80 default_server;
    listen 443 ssl default_server;
    return 404;
  }
END
}

# nginx_conf NAME: a configuration with the servers of the input. The two NGINX have files of their own.
nginx_conf() {
  cat <<END
user root;
worker_processes 1;
pid /run/$1.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path /run/$1-body;
  proxy_temp_path /run/$1-proxy;
  fastcgi_temp_path /run/$1-fastcgi;
  uwsgi_temp_path /run/$1-uwsgi;
  scgi_temp_path /run/$1-scgi;
  ssl_certificate $LAB/pki/web.crt;
  ssl_certificate_key $LAB/pki/web.key;
$(cat)
}
END
}
