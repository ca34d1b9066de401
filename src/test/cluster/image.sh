# The images of the lab, as OCI archives that containerd imports. Sourced by `cluster`.

RAY_VERSION=2.60.0
# Each Ray has a dozen processes that poll many times a second, so half a dozen idle Rays use two slow cores completely. These
# settings increase the intervals that no test depends on, and disable the metrics. Ray's own timeouts stay, except for the
# dashboard's: after that timeout the head has no dashboard, and so never gets ready.
RAY_CALM=(REPORTER_UPDATE_INTERVAL_MS=60000 METRICS_RECORD_INTERVAL_S=60 SCAN_EVENT_DIR_INTERVAL_SECONDS=60
  EVENT_AGENT_REPORT_INTERVAL_SECONDS=5 LOG_NAME_UPDATE_INTERVAL_S=30 RAY_DASHBOARD_AGENT_CHECK_PARENT_INTERVAL_S=5
  RAY_SERVE_CONTROL_LOOP_INTERVAL_S=0.5 RAY_USAGE_STATS_ENABLED=0 RAY_enable_metrics_collection=false RAY_event_stats=0
  RAY_memory_monitor_refresh_ms=0 RAY_raylet_report_resources_period_milliseconds=1000 RAY_raylet_check_gc_period_milliseconds=10000
  RAY_kill_idle_workers_interval_ms=1000 RAY_gcs_pull_resource_loads_period_milliseconds=5000
  RAY_task_events_report_interval_ms=10000
  RAY_DASHBOARD_SUBPROCESS_MODULE_WAIT_READY_TIMEOUT=300 RAY_DASHBOARD_STARTUP_TIMEOUT_S=300)

# The certificate authority of the lab. It is kept in the cache because the image contains its certificate.
authority() {
  [ -f "$CACHE/ca/ca.crt" ] && return
  mkdir -p "$CACHE/.ca"
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -keyout "$CACHE/.ca/ca.key" -out "$CACHE/.ca/ca.crt" -subj /CN=raylab 2>/dev/null
  mv -T "$CACHE/.ca" "$CACHE/ca"
}

images_dir() { echo "$CACHE/images-$(cat "$HERE/image.sh" "$HERE/pack_image.py" "$CACHE/ca/ca.crt" | key)"; }

image() {
  local dir work=$CACHE/.images root
  authority
  dir=$(images_dir)
  [ -d "$dir" ] && return
  root=$work/ray
  say 'building the image of Ray'
  rm -rf --one-file-system "$work"
  mkdir -p "$work/pause"
  # KubeRay's probes need wget and bash.
  debootstrap --variant=minbase --include=bash,ca-certificates,procps,python3,python3-venv,wget bookworm "$root" >"$CACHE/debootstrap.log" ||
    { tail -5 "$CACHE/debootstrap.log" >&2; return 1; }
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  cat /etc/ssl/certs/ca-certificates.crt "$CACHE/ca/ca.crt" >"$root/etc/ssl/certs/ca-certificates.crt"
  # The user of rayproject/ray images.
  chroot "$root" useradd --create-home --uid 1000 --gid 100 ray
  # pip compiles all sources, because the user of the pods may not write the compiled files. On a busy machine, a dozen processes
  # that each compile Ray would exceed Ray's own timeouts.
  # A separate mount namespace, so that the mount ends with this command.
  unshare --mount sh -ec 'mount --bind /dev "$1/dev"; shift
    exec env -u PIP_FIND_LINKS PIP_CERT=/etc/ssl/certs/ca-certificates.crt HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$@"' - "$root" "$root" \
    sh -ec 'python3 -m venv /opt/ray; exec /opt/ray/bin/pip install --quiet --no-cache-dir --compile "$@"' - "ray[default,serve]==$RAY_VERSION"
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}
  # The pause process keeps the namespaces of a pod.
  printf '%s\n' '#include <signal.h>' '#include <stdlib.h>' '#include <unistd.h>' 'static void end(int s) { exit(0); }' \
    'int main() { signal(SIGTERM, end); signal(SIGINT, end); for (;;) pause(); }' | gcc -static -Os -o "$work/pause/pause" -xc -
  # An image without Ray, for a wrong value of ray.image.
  mkdir "$work/no-ray"
  chroot "$root" sh -ec 'tar -C / -ch bin/bash $(ldd /bin/bash | grep -o "/[^ ]*" | cut -c2-)' | tar -x -C "$work/no-ray"
  mkdir "$work/done"
  python3 "$HERE/pack_image.py" "$work/pause" registry.local/pause:1 "$work/done/pause.tar" /pause
  python3 "$HERE/pack_image.py" "$work/no-ray" registry.local/no-ray:1 "$work/done/no-ray.tar" /bin/bash
  # The second image is one of ray[default], without what ray[serve] adds.
  python3 "$HERE/pack_image.py" --without registry.local/no-serve:1 "$(cd "$root" && ls -d opt/ray/lib/python3*/site-packages/{fastapi,starlette,uvicorn} | paste -sd :)" \
    "$root" "docker.io/rayproject/ray:$RAY_VERSION" "$work/done/ray.tar" "${RAY_CALM[@]}" /bin/bash
  mv -T "$work/done" "$dir"
  rm -rf --one-file-system "$work"
}
