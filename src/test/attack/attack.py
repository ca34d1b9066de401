#!/usr/bin/env python3
"""Plays the attackers of docs/platform/security.md against a cluster with two running Ray Services, against the service, or both.

Each attack is one line: "refused" and the words of what refused it, or "OPEN". Where silence could mean
that nothing was there to attack, a line "allowed" before it shows the same done by somebody who may. Nothing is changed: what would
be written is sent as a dry run. The exit code is 0 when all attacks are refused and all that must be allowed is.

    src/test/attack/attack.py --kubectl 'src/test/cluster/cluster kubectl' \\
        --victim my-namespace/my-ray-service --attacker team-ml/text-ml-service --ingress 10.89.0.2
    ATTACKER_TOKEN=… OTHER_TOKEN=… src/test/attack/attack.py --service https://rayservice-scaffolder.company.com \\
        --own team-a --foreign team-b
"""

import argparse
import base64
import http.client
import json
import os
import shlex
import ssl
import subprocess
import sys

# The other module leaves no compiled file in the sources.
sys.dont_write_bytecode = True
import service

KRO = "system:serviceaccount:kro-system:kro"
ARGO_CD = "system:serviceaccount:argocd:argocd-application-controller"
TIMEOUT = 5

# Runs in a pod: prints whether each address takes a connection.
REACH = """
import socket, sys
for address in sys.argv[1:]:
    host, port = address.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=%d).close()
        print(address, "connected")
    except OSError as e:
        print(address, e)
""" % TIMEOUT

# Runs in a pod: sends a job to Ray's dashboard through the Ingress, and prints status and body.
SEND = """
import ssl, sys, http.client
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
c = http.client.HTTPSConnection(sys.argv[1], timeout=%d, context=context)
c.request("POST", sys.argv[3], '{"entrypoint": "env"}', {"Host": sys.argv[2], "Content-Type": "application/json"})
answer = c.getresponse()
print(answer.status, answer.read().decode())
""" % TIMEOUT


class RayService:
    """A running Ray Service, as its instance and the objects of kro and KubeRay tell."""

    def __init__(self, cluster, name):
        self.team, self.name = name.split("/")
        instance = cluster.get("rayservices.kro.run", self.name, "-n", self.team)
        spec = instance["spec"]
        self.spec = spec
        self.ray = spec["name"]
        self.target = spec["namespace"]
        self.host = spec["ingress"]["host"] or spec["gitlab"]["hostname"]
        pods = cluster.get("pods", "-n", self.target, "-l", "ray.io/node-type")["items"]
        heads = [p for p in pods if p["metadata"]["labels"]["ray.io/node-type"] == "head"]
        self.pods = [p["status"]["podIP"] for p in pods]
        self.head = heads[0]["status"]["podIP"]
        self.pod = heads[0]["metadata"]["name"]
        secrets = cluster.get("secrets", "-n", self.target, "-l", "ray.io/cluster")["items"]
        cluster_name = heads[0]["metadata"]["labels"]["ray.io/cluster"]
        self.token = next(
            base64.b64decode(s["data"]["auth_token"]).decode()
            for s in secrets
            if s["metadata"]["labels"]["ray.io/cluster"] == cluster_name
        )


class Cluster:
    def __init__(self, kubectl):
        self.kubectl = shlex.split(kubectl)

    def run(self, *arguments, stdin=None):
        done = subprocess.run(
            [*self.kubectl, *arguments], input=stdin, capture_output=True, text=True, timeout=120, check=False
        )
        return done.returncode, done.stdout if done.returncode == 0 else done.stderr

    def get(self, *arguments):
        code, output = self.run("get", *arguments, "-o", "json")
        if code != 0:
            sys.exit(output)
        return json.loads(output)

    def inside(self, namespace, pod, program, *arguments):
        return self.run("exec", "-n", namespace, pod, "--", "python3", "-c", program, *arguments)


class Report:
    def __init__(self):
        self.failed = 0

    def line(self, verdict, door, what, words):
        print(f"{verdict:8} {door:10} {what}: {' '.join(words.split())[:300]}", flush=True)

    def refused(self, door, what, is_refused, words):
        self.failed += not is_refused
        self.line("refused" if is_refused else "OPEN", door, what, words)

    def allowed(self, door, what, is_allowed, words):
        self.failed += not is_allowed
        self.line("allowed" if is_allowed else "BLOCKED", door, what, words)


def reason(words):
    """The exception of a program that failed in a pod, without its traceback."""
    errors = [line for line in words.splitlines() if "Error" in line]
    return errors[-1] if errors else words


def send(ingress, ray_service, method, path, token=None):
    """One request through the Ingress from outside: status and words."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(ingress, timeout=30, context=context)
    headers = {"Host": ray_service.host, "Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = "Bearer " + token
    body = None if method == "GET" else '{"entrypoint": "env"}'
    connection.request(method, f"/ray-dashboard/{ray_service.ray}{path}", body, headers)
    answer = connection.getresponse()
    return answer.status, f"{answer.status} {answer.read().decode(errors='replace')}"


def dashboard(report, cluster, options, victim, attacker):
    """The dashboard starts any command by its job API."""
    status, words = send(options.ingress, victim, "GET", "/api/version", victim.token)
    report.allowed("dashboard", "GET /api/version with the token of the Ray cluster", status == 200, words)
    for token, who in ((None, "without a token"), ("", "with an empty token"), (attacker.token, "with the token of another one")):
        for method, path in (
            ("GET", "/api/version"),
            ("GET", "/api/jobs/"),
            ("POST", "/api/jobs/"),
            ("PUT", "/api/serve/applications/"),
            ("DELETE", "/api/serve/applications/"),
        ):
            status, words = send(options.ingress, victim, method, path, token)
            report.refused("dashboard", f"{method} {path} {who}", status in (401, 403), words)
    _, words = cluster.inside(attacker.target, attacker.pod, SEND, options.ingress, victim.host, f"/ray-dashboard/{victim.ray}/api/jobs/")
    is_refused = words[:3] in ("401", "403") or any(closed in words for closed in ("Connection refused", "timed out"))
    report.refused("dashboard", "POST /api/jobs/ from a pod of another tenant", is_refused, reason(words))


def reach(cluster, namespace, pod, addresses):
    code, output = cluster.inside(namespace, pod, REACH, *addresses)
    if code != 0:
        sys.exit(output)
    return dict(line.split(" ", 1) for line in output.splitlines())


def network(report, cluster, options, victim, attacker):
    """From a pod of the attacker to everybody else."""
    own = [f"{attacker.head}:{port}" for port in (8265, 6379)]
    for address, words in reach(cluster, attacker.target, attacker.pod, own).items():
        report.allowed("network", f"to its own head {address}", words == "connected", words)
    listening = [f"{victim.head}:{port}" for port in (8265, 6379, 10001, 8000)]
    for address, words in reach(cluster, victim.target, victim.pod, listening).items():
        report.allowed("network", f"the victim to itself {address}", words == "connected", words)
    nodes = [
        a["address"] for n in cluster.get("nodes")["items"] for a in n["status"]["addresses"] if a["type"] == "InternalIP"
    ]
    targets = {f"{node}:{port}": "the node" for node in nodes for port in (6443, 10250)}
    targets["169.254.169.254:80"] = "a cloud's metadata"
    targets |= {address: "a private network" for address in options.private}
    targets |= {f"{s}:443": "the API server" for s in [cluster.get("service", "kubernetes", "-n", "default")["spec"]["clusterIP"]]}
    if options.control:
        for address, words in reach(cluster, *options.control.split("/"), list(targets)).items():
            report.allowed("network", f"a pod that is no tenant's to {targets[address]} {address}", words == "connected", words)
    targets |= {
        f"{s['spec']['clusterIP']}:{p['port']}": f"{s['metadata']['namespace']}/{s['metadata']['name']}"
        for s in cluster.get("services", "-A")["items"]
        if s["metadata"]["namespace"] not in (attacker.target, "default")
        and s["spec"].get("clusterIP") not in (None, "", "None")
        for p in s["spec"]["ports"]
        if p["port"] != 53
    }
    targets |= {f"{pod}:{port}": "a pod of the victim" for pod in victim.pods for port in (8265, 6379, 10001, 8000, 8080)}
    for address, words in reach(cluster, attacker.target, attacker.pod, list(targets)).items():
        report.refused("network", f"to {targets[address]} {address}", words != "connected", words)
    program = "print(open('/var/run/secrets/kubernetes.io/serviceaccount/token').read())"
    code, words = cluster.inside(attacker.target, attacker.pod, program)
    report.refused("network", "read a token of the API server in the head", code != 0 and "FileNotFoundError" in words, reason(words))


def admission(report, cluster, victim, attacker):
    """Documents past the service: by kubectl, by a commit that Argo CD applies, and by races that kro would lose."""

    def instance(team, name, changes=None, annotations=None, **more):
        spec = {
            "name": "attack",
            "namespace": "attack-target",
            "rayServeFile": attacker.spec["rayServeFile"],
            "ingress": {"className": attacker.spec["ingress"]["className"]},
            "gitlab": attacker.spec["gitlab"],
        }
        spec.update(changes or {})
        metadata = {"namespace": team, "name": name, "annotations": annotations or {}, **more}
        return {"apiVersion": "kro.run/v1alpha1", "kind": "RayService", "metadata": metadata, "spec": spec}

    def create(document, *options):
        return cluster.run("create", "--dry-run=server", "-f", "-", *options, stdin=json.dumps(document))

    def refuse(door, what, document, words, *options):
        code, output = create(document, *options)
        report.refused(door, what, code != 0 and words in output, output)

    team, name = attacker.team, "attack"
    code, output = create(instance(team, name))
    report.allowed("values", "a Ray Service with values of the platform", code == 0, output)
    hosts = (
        ("a host of the platform's own", {"ingress": {"host": "argocd.company.com"}}, "hosts of the platform"),
        ("GitLab's host in other words", {"gitlab": {**attacker.spec["gitlab"], "hostname": "gitlab.evil.com"}}, "hosts of the platform"),
        ("an Ingress class that is open to the internet", {"ingress": {"className": "public"}}, "ingressClasses of the platform"),
        ("the victim's address", {"name": victim.ray, "ingress": {"host": victim.host, "ownHost": victim.spec["ingress"]["ownHost"]}}, "is held by the Ray Service"),
        ("another team's private image", {"ray": {"image": "registry.evil.com/a/b:1"}}, "images of the platform"),
        ("a zip of anywhere", {"rayServeFile": "https://evil.com/a.zip"}, "serveFileHosts of the platform"),
    )
    for what, changes, words in hosts:
        refuse("values", what, instance(team, name, changes), words)
    patch = json.dumps({"spec": {"ingress": {"host": "argocd.company.com"}}})
    code, output = cluster.run(
        "patch", "rayservices.kro.run", attacker.name, "-n", team, "--type=merge", "--dry-run=server", "-p", patch
    )
    report.refused("values", "a foreign host by an update", code != 0 and "hosts of the platform" in output, output)

    def tracking(owner, target):
        return {"argocd.argoproj.io/tracking-id": f"ray.{owner}.{name}:kro.run/RayService:{target}/{name}"}

    as_argo_cd = f"--as={ARGO_CD}"
    code, output = create(instance(team, name, annotations=tracking(team, team)), as_argo_cd)
    report.allowed("directory", "Argo CD applies what is in its directory", code == 0, output)
    foreign = instance(victim.team, name, annotations=tracking(team, victim.team))
    refuse("directory", "a file of one team for another team's namespace", foreign, "is not the Ray Service of the Application", as_argo_cd)
    untracked = instance(victim.team, name)
    refuse("directory", "the same without Argo CD's annotation", untracked, "is not the Ray Service of the Application", as_argo_cd)

    for what, target in (
        ("a namespace of Kubernetes", "kube-system"),
        ("the victim's target namespace", victim.target),
        ("the victim's team namespace", victim.team),
    ):
        refuse("namespaces", f"take over {what}", instance(team, name, {"namespace": target}), "exists already")
    label = ["kro.run/owned=true", f"kro.run/instance-namespace={team}", f"kro.run/instance-name={name}", "kro.run/instance-kind=RayService"]
    for what, target in (("the victim's namespace", victim.target), ("a namespace of Kubernetes", "kube-public")):
        code, output = cluster.run("label", "--overwrite", "--dry-run=server", "namespace", target, *label, f"--as={KRO}")
        report.refused("namespaces", f"kro takes over {what} for another", code != 0 and "kro may not change or delete it" in output, output)
    code, output = cluster.run("delete", "--dry-run=server", "namespace", victim.team, f"--as={KRO}")
    report.refused("namespaces", "kro deletes a namespace that it did not make", code != 0 and "kro may not change or delete it" in output, output)

    for key, value in (
        ("argocd.argoproj.io/sync-options", "Prune=false"),
        ("argocd.argoproj.io/hook", "PreSync"),
        ("kro.run/reconcile", "suspended"),
    ):
        marked = instance(team, name, annotations={**tracking(team, team), key: value})
        refuse("metadata", f"the annotation {key}={value} by a commit", marked, "is for Argo CD, kro and the platform only", as_argo_cd)
    kept = instance(team, name, annotations=tracking(team, team), finalizers=["evil.com/stay"])
    refuse("metadata", "a finalizer by a commit", kept, "is for Argo CD, kro and the platform only", as_argo_cd)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubectl", default="kubectl", help="the command, of one who may do everything")
    parser.add_argument("--victim", help="team's namespace/name of a running Ray Service")
    parser.add_argument("--attacker", help="the same of another team's")
    parser.add_argument("--ingress", help="address of the ingress controller for this machine")
    parser.add_argument("--private", action="append", default=[], help="address:port in a private network that is closed")
    parser.add_argument("--control", help="namespace/pod that has Python and no NetworkPolicy: it shows that there is something to reach")
    parser.add_argument("--service", help="URL of the service; the token of a caller is in ATTACKER_TOKEN, that of another in OTHER_TOKEN")
    parser.add_argument("--own", help="the namespace that the caller of ATTACKER_TOKEN may write, and no other")
    parser.add_argument("--foreign", help="a namespace of another team that has Ray Services")
    options = parser.parse_args()
    of_cluster, of_service = (options.victim, options.attacker, options.ingress), (options.service, options.own, options.foreign)
    if not all(of_cluster) and not all(of_service):
        parser.error("give --victim, --attacker and --ingress for the cluster, or --service, --own and --foreign for the service, or all")
    report = Report()
    if all(of_cluster):
        cluster = Cluster(options.kubectl)
        victim, attacker = RayService(cluster, options.victim), RayService(cluster, options.attacker)
        dashboard(report, cluster, options, victim, attacker)
        network(report, cluster, options, victim, attacker)
        admission(report, cluster, victim, attacker)
    if all(of_service):
        service.attack(report, options.service, os.environ["ATTACKER_TOKEN"], os.environ.get("OTHER_TOKEN"), options.own, options.foreign)
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
