"""Disk that a mirror of many Ray Services takes, whole and without the files of its history.

mirror_size.py [SERVICES] [CHANGES]; needs git. The blob-less one holds what the service has to read all the
same: every commit and tree, and the rayservice.yaml of every Ray Service as it is now.
"""

import random
import subprocess
import sys
import tempfile
from pathlib import Path

services, changes = (int(a) for a in (sys.argv[1:] + ["10000", "20000"][len(sys.argv) - 1 :]))
chance = random.Random(1)


def instance(n):
    return f"""apiVersion: kro.run/v1alpha1
kind: RayService
metadata:
  name: service-{n}
  namespace: team-{n // 50}
spec:
  name: service-{n}
  namespace: ray-team-{n // 50}-service-{n}
  rayServeFile: https://models.example.com/team-{n // 50}/{chance.getrandbits(64):016x}.zip
  replicas: {chance.randrange(1, 9)}
  resources:
    head: {{cpu: "1", memory: 2Gi}}
    worker: {{cpu: 500m, memory: {chance.randrange(1, 64)}Gi}}
  gitlab: {{hostname: gitlab.example.com, username: team-{n // 50}}}
  createdBy: user:default/person-{chance.randrange(500)}
"""


def entity(n):
    return f"""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: service-{n}
  annotations: {{argocd/app-name: ray.team-{n // 50}.service-{n}}}
spec: {{type: ray-service, lifecycle: production, owner: group:default/team-{n // 50}}}
"""


def history(out):
    def commit(number, files):
        message = f"Update Ray Service {number}"
        out.write(f"commit refs/heads/main\ncommitter a <a@example.com> {1_700_000_000 + number} +0000\n")
        out.write(f"data {len(message)}\n{message}\n")
        for path, text in files:
            out.write(f"M 644 inline {path}\ndata {len(text)}\n{text}\n")

    def directory(n):
        return f"rayservices/team-{n // 50}/service-{n}"

    commit(0, [file for n in range(services) for file in (
        (f"{directory(n)}/rayservice.yaml", instance(n)), (f"{directory(n)}/catalog-info.yaml", entity(n)))])
    for number in range(1, changes):
        n = chance.randrange(services)
        commit(number, [(f"{directory(n)}/rayservice.yaml", instance(n))])


def git(*arguments, **more):
    return subprocess.run(["git", *arguments], check=True, text=True, **more)


with tempfile.TemporaryDirectory() as folder:
    server, whole, blobless = (f"{folder}/{name}.git" for name in ("server", "whole", "blobless"))
    git("init", "-q", "--bare", "--initial-branch=main", server)
    feed = subprocess.Popen(["git", "-C", server, "fast-import", "--quiet"], stdin=subprocess.PIPE, text=True)
    history(feed.stdin)
    feed.stdin.close()
    if feed.wait():
        sys.exit("git fast-import failed")
    for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        git("-C", server, "config", setting, "true")
    git("-C", server, "gc", "-q")
    git("clone", "-q", "--bare", f"file://{server}", whole)
    git("clone", "-q", "--bare", "--filter=blob:none", f"file://{server}", blobless)
    listed = git("-C", blobless, "ls-tree", "-r", "main", stdout=subprocess.PIPE).stdout
    wanted = "".join(f"{line.split()[2]}\n" for line in listed.splitlines() if line.endswith("rayservice.yaml"))
    git("-C", blobless, "-c", "fetch.negotiationAlgorithm=noop", "fetch", "-q", "--no-tags", "--no-write-fetch-head",
        "--filter=blob:none", "--stdin", "origin", input=wanted)

    def size(directory):
        return sum(f.stat().st_size for f in Path(directory, "objects").rglob("*") if f.is_file())

    print(f"services={services} changes={changes} [MB]: whole {size(whole) / 1e6:.1f}, "
          f"blobless {size(blobless) / 1e6:.1f}, ratio {size(whole) / size(blobless):.2f}")
