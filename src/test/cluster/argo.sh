# Argo CD in the lab. Sourced by `cluster`.

argo() {
  local sources file role token
  first >/dev/null || { say "the lab is not running"; return 1; }
  sources=$(dir_of argo-cd)
  kubectl create namespace argocd
  for file in application applicationset appproject; do kubectl apply --server-side -f "$sources/manifests/crds/$file-crd.yaml"; done >/dev/null
  for file in cm cmd-params-cm gpg-keys-cm rbac-cm secret ssh-known-hosts-cm tls-certs-cm; do
    kubectl -n argocd apply -f "$sources/manifests/base/config/argocd-$file.yaml"
  done >/dev/null
  # Each part has its own account and no other, as in an installation: policies know Argo CD by it.
  kubectl apply -k "$sources/manifests/cluster-rbac" >/dev/null
  for role in application-controller:application-controller-roles applicationset-controller:applicationset-controller \
    notifications-controller:notification server:server; do
    kubectl -n argocd apply $(printf -- "-f $sources/manifests/base/${role#*:}/argocd-${role%:*}-%s.yaml " sa role rolebinding) >/dev/null
    token=$(kubectl create token "argocd-${role%:*}" --namespace=argocd --duration=24h)
    (umask 077 && sed "s/token: \"[^\"]*\"/token: \"$token\"/" "$KUBECONFIG" >"$LAB/argocd-${role%:*}.kubeconfig")
  done
  kubectl -n argocd create configmap argocd-notifications-cm
  kubectl -n argocd create secret generic argocd-notifications-secret
  kubectl -n argocd patch secret argocd-secret -p "{\"stringData\":{\"server.secretkey\":\"$(openssl rand -hex 16)\"}}" >/dev/null
  mkdir -p "$LAB"/argo/{bin,tls,ssh,keys,plugins}
  # Without git-verify-wrapper.sh, Argo CD 3.6 fails every sync with "permission denied", even when GPG is disabled.
  for file in git-verify-wrapper.sh gpg-wrapper.sh git-ask-pass.sh; do install -m755 "$sources/hack/$file" "$LAB/argo/bin/$file"; done
  # git-ask-pass.sh runs this for credentials. All parts of Argo CD are one executable, which ARGOCD_BINARY_NAME selects.
  printf '#!/bin/sh\nARGOCD_BINARY_NAME=argocd-git-ask-pass exec %s/argo-cd "$@"\n' "$sources" >"$LAB/argo/bin/argocd"
  chmod 755 "$LAB/argo/bin/argocd"
  # The API server builds this document on the first request. On a busy machine that takes longer than the timeout of Argo CD's
  # cache.
  until_ok 120 kubectl get --raw /openapi/v2
  enter "$HERE/cluster" inside_argo
}

inside_argo() {
  local common=(--namespace argocd)
  local repository=(--repo-server-plaintext)
  export PATH=$LAB/argo/bin:$PATH ARGOCD_FAKE_IN_CLUSTER=true ARGOCD_GPG_ENABLED=false ARGOCD_TLS_DATA_PATH=$LAB/argo/tls \
    ARGOCD_SSH_DATA_PATH=$LAB/argo/ssh ARGOCD_GNUPGHOME=$LAB/argo/keys ARGOCD_PLUGINSOCKFILEPATH=$LAB/argo/plugins \
    ARGOCD_ASK_PASS_SOCK=$LAB/argo/ask-pass.sock
  serve redis redis-server --port 6379 --bind 127.0.0.1 --save '' --appendonly no
  role repo-server --redis 127.0.0.1:6379 --disable-tls --client-ca-path= --address 127.0.0.1 --port 8081 \
    --metrics-address 127.0.0.1 --metrics-port 8084 --revision-cache-expiration 5s
  # After an error the ApplicationSet controller waits for minutes, so start it only when the repo server answers.
  until_ok 60 bash -c 'exec 3<>/dev/tcp/127.0.0.1/8081'
  role application-controller "${common[@]}" "${repository[@]}" --redis 127.0.0.1:6379 --repo-server 127.0.0.1:8081 --metrics-port 8085 \
    --app-resync 10 --app-resync-jitter 0 --persist-resource-health
  role applicationset-controller "${common[@]}" "${repository[@]}" --argocd-repo-server 127.0.0.1:8081 --metrics-addr 127.0.0.1:8090 \
    --probe-addr 127.0.0.1:8091 --webhook-addr $NODE:7000 --enable-leader-election=false
  # Only the API, without the user interface: the API creates the links of the status view. It also sends requests to itself at
  # 127.0.0.1.
  role server "${common[@]}" "${repository[@]}" --redis 127.0.0.1:6379 --repo-server 127.0.0.1:8081 --insecure --disable-auth \
    --address 0.0.0.0 --port 8083 --metrics-address 127.0.0.1 --metrics-port 8086
  role notifications "${common[@]}" --argocd-repo-server 127.0.0.1:8081 --argocd-repo-server-plaintext --metrics-port 9001
}

# role NAME OPTION...
role() {
  local name=$1 account=$1
  shift
  [ "$name" != notifications ] || account=notifications-controller
  # Argo CD takes this for what a pod has of its account.
  serve "argocd-$name" env "KUBECONFIG=$LAB/argocd-$account.kubeconfig" "ARGOCD_BINARY_NAME=argocd-$name" "$(dir_of argo-cd)/argo-cd" "$@"
}
