#!/usr/bin/env python3
"""Measures what the default example needs with the real packages: time, memory and disk of each Ray node.

    packages: 33 torch-2.15.0 transformers-4.57.6, wheels: 2899 MiB
    head's environment ready            83.5 s
    workers' environments ready        203.5 s
    RUNNING                            221.0 s
    first answer                       223.6 s
    longest other answer                 2.6 s
    requests answered                 20 of 20

    peak of memory in MiB, while          idle  installing    building     running    requests
    head                                   708        1131        1452        1007        1010
    worker 1                               301         491         885         915         957
    worker 2                               301         489         873         907         923

    peak of disk in MiB            environment   downloads        both  killed by:      kernel         Ray
    head                                  5565        2881        8426                       0           0
    worker 1                              5565        2881        8425                       0           0
    worker 2                              5565        2881        8442                       0           0

The seconds are from the deployment on, here with two cores. A node is installing until its environment is ready,
and building until the application is RUNNING. The memory is what is charged to the node except pages of files; a node
that has little room for those above it is not killed, but reads them from disk again and again, and requests time
out. The exit code is 1 unless all requests were answered.

It needs Linux, root, Python 3.11 with venv, util-linux, iproute2 and PyPI; 40 GB of disk, 3 GB of download and 15
minutes. Each node is a Ray in its own namespaces and its own memory cgroup (version 1 or 2), where Ray sees the limit
as in a pod. If no such cgroup can be made, there are no limits, and the memory is the sum of the processes'. The
nodes install the packages by HTTP from this machine, and the model, of the size of t5-small and with random weights,
is on its disk: add the time of both downloads.
"""

import argparse
import collections
import contextlib
import ctypes
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
APPLICATION = "text-ml"
PACKAGES = ["torch", "transformers<5"]
REQUESTS = 20
TEXT = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness"
# The ports are constants, because the network namespace is this process's own.
FILES, DASHBOARD, SERVE = (f"http://127.0.0.1:{port}" for port in (8080, 8265, 8000))

# Ray reads the files at these mount points.
Cgroups = collections.namedtuple("Cgroups", "mount limit swap usage prefix events")
V1 = Cgroups("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.swappiness", "memory.usage_in_bytes", "total_",
             "memory.oom_control")
V2 = Cgroups("/sys/fs/cgroup", "memory.max", "memory.swap.max", "memory.current", "", "memory.events")

# Ray would copy a venv that it runs in to each runtime environment, but it runs in none in its image. So it runs in
# the base Python here, over whose packages the venv's are mounted. Each node makes its own copies in its cgroup,
# because the kernel charges the pages of a shared file to one cgroup only.
NODE_SCRIPT = """
[ -z "$CGROUP" ] || echo $$ >"$CGROUP/cgroup.procs"
cp -a "$RAY_SITE" "$MODEL" "$HOME"
exec unshare --mount --cgroup --pid --fork --mount-proc --kill-child sh -ec '
  [ -z "$CGROUP" ] || mount --bind "$CGROUP" "$CGROUP_MOUNT"
  for site in $("$0" -c "import site; print(*site.getsitepackages())"); do
    [ ! -d "$site" ] || mount -o bind,ro "$HOME/site-packages" "$site"
  done
  exec "$0" "$@"' "$@"
"""

# The defaults of T5Config are the dimensions of t5-small.
MODEL_SCRIPT = """
import sys
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import T5Config, T5ForConditionalGeneration, T5TokenizerFast

directory, text = sys.argv[1:]
words = [*sorted(set(text.split())), *(f"w{number}" for number in range(32000))][: 32000 - 3]
vocabulary = [(token, 0.0) for token in ("<pad>", "</s>", "<unk>")] + [("\u2581" + word, -10.0) for word in words]
tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=2))
tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
T5TokenizerFast(tokenizer_object=tokenizer, extra_ids=100, model_max_length=512).save_pretrained(directory)
config = T5Config(decoder_start_token_id=0)
config.task_specific_params = {task: {"num_beams": 4} for task in ("summarization", "translation_en_to_fr")}
torch.manual_seed(0)
T5ForConditionalGeneration(config).save_pretrained(directory)
"""


def say(text):
    """Tells of the progress on stderr, as stdout is for the result."""
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)


def quantity(text):
    """The bytes of a quantity such as 1536Mi, 0 of none."""
    return 0 if text == "none" else int(text[:-2]) << {"Mi": 20, "Gi": 30}.get(text[-2:])


def parse_options():
    """Reads the command line."""
    version = re.search(r"(?m)^RAY_VERSION=(\S+)", (HERE.parent / "cluster/image.sh").read_text())[1]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    option = parser.add_argument
    option("--ray", default=version, help="version of Ray (default: %(default)s)")
    option("--workers", type=int, default=2, choices=range(2, 11), help="of 1 CPU each (default: %(default)s)")
    option("--head-memory", type=quantity, default="2Gi", help="in Mi or Gi, or none (default: %(default)s)")
    option("--worker-memory", type=quantity, default="1536Mi", help="the same for each worker (default: %(default)s)")
    option("--timeout", type=float, default=2400, help="seconds from deploy to RUNNING (default: %(default)s)")
    option("--directory", type=Path, help="a new or empty working directory with a short path (default: in /tmp)")
    option("--keep", action="store_true", help="do not remove the working directory")
    return parser.parse_args()


def prepare(work, ray):
    """Installs Ray, downloads the packages, makes the model and the zip. Only this needs a real network."""
    quiet = ["--quiet", "--no-cache-dir", "--disable-pip-version-check"]
    local = ["--no-index", "--find-links", work / "wheels"]
    for command in (
        [sys.executable, "-m", "venv", work / "ray"],
        [work / "ray/bin/pip", "install", *quiet, f"ray[serve]=={ray}"],
        [work / "ray/bin/pip", "download", *quiet, "--dest", work / "wheels", *PACKAGES],
        [sys.executable, "-m", "venv", work / "maker"],
        [work / "maker/bin/pip", "install", *quiet, *local, *PACKAGES],
        [work / "maker/bin/python", "-c", MODEL_SCRIPT, work / "t5-small", TEXT],
    ):
        say(" ".join(map(str, command)).partition("\n")[0])
        subprocess.run(command, check=True, stdout=sys.stderr)
    shutil.rmtree(work / "maker")
    with zipfile.ZipFile(work / "serve-config.zip", "w") as archive:
        archive.write(HERE / "text_ml.py", "serve-config/text_ml.py")
        archive.writestr("__MACOSX/serve-config/._text_ml.py", b"")


def isolate_network():
    """Moves this process to a network with loopback only: each port is free, and Ray finds no address to prefer."""
    new_network = 0x40000000
    if ctypes.CDLL(None, use_errno=True).unshare(new_network):
        raise OSError(ctypes.get_errno(), "cannot make a network namespace")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def find_cgroups():
    """The version of memory cgroups, and a cgroup in which others can be made."""
    own = re.search(r"(?m)^\d+:memory:/?(.*)", Path("/proc/self/cgroup").read_text())
    if own and os.access(Path(V1.mount, own[1]), os.W_OK):
        return V1, Path(V1.mount, own[1])
    control = Path(V2.mount, "cgroup.subtree_control")
    if control.exists() and "memory" in control.read_text().split() and os.access(V2.mount, os.W_OK):
        return V2, Path(V2.mount)
    say("no memory cgroup can be made here: the nodes have no limits")
    return None, None


class Node:
    """A Ray node in its own namespaces and cgroup, with its peaks of memory in each phase and of disk."""

    def __init__(self, number, work, limit):
        self.number, self.limit, self.work, self.directory = number, limit, work, work / f"node{number}"
        self.name = f"worker {number}" if number else "head"
        self.phase, self.ready = "starting", None
        self.process = self.cgroups = self.cgroup = None
        self.memory, self.disk = collections.Counter(), collections.Counter()

    def make_cgroup(self, cgroups, parent):
        """Makes the cgroup, without swap, which nodes of Kubernetes do not have either."""
        self.cgroups, self.cgroup = cgroups, parent / f"measure-{os.getpid()}-{self.number}"
        self.cgroup.mkdir()
        if (self.cgroup / cgroups.swap).exists():
            (self.cgroup / cgroups.swap).write_text("0")
        if self.limit:
            (self.cgroup / cgroups.limit).write_text(str(self.limit))

    def start(self, *arguments):
        """Starts Ray."""
        (self.directory / "tmp").mkdir(parents=True)
        port = 20000 + 1000 * self.number
        ports = {"dashboard-agent-listen": port, "metrics-export": port + 1, "dashboard-agent-grpc": port + 2,
                 "runtime-env-agent": port + 3, "min-worker": port + 100, "max-worker": port + 999}
        command = [f"{sys.base_prefix}/bin/{PYTHON}", "-m", "ray.scripts.scripts", "start", "--block", *arguments,
                   "--node-ip-address=127.0.0.1", f"--temp-dir={self.directory}/ray"]
        command += [f"--{name}-port={number}" for name, number in ports.items()]
        environment = {
            "PATH": f"{sys.base_prefix}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": f"{self.directory}",
            "TMPDIR": f"{self.directory}/tmp",
            "CGROUP": f"{self.cgroup or ''}",
            "CGROUP_MOUNT": self.cgroups.mount if self.cgroups else "",
            "RAY_SITE": f"{self.work}/ray/lib/{PYTHON}/site-packages",
            "MODEL": f"{self.work}/t5-small",
            "T5_SMALL": f"{self.directory}/t5-small",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": f"{FILES}/wheels/",
            "RAY_USAGE_STATS_ENABLED": "0",
            # The default of 30 is too short for a busy machine.
            "RAY_raylet_start_wait_time_s": "150",
        }
        with open(self.directory / "log", "w") as log:
            self.process = subprocess.Popen(["sh", "-ec", NODE_SCRIPT, "sh", *command], env=environment, stdout=log,
                                            stderr=log, start_new_session=True)

    def first_process(self):
        """The first process in the namespace, with which the kernel ends all others; None before it starts."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def end(self):
        """Ends all processes; unshare, the parent of the first, ends after them."""
        if self.process and self.process.poll() is None:
            os.kill(self.first_process() or self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.cgroup and self.cgroup.exists():
            self.cgroup.rmdir()

    def files(self, pattern):
        """The files of Ray's session that match."""
        return list(self.directory.glob(f"ray/session_2*/{pattern}"))

    def sample_memory(self):
        """Keeps the peak of what is charged except pages of files, as Ray's monitor counts."""
        if self.cgroup:
            stat = dict(line.split() for line in (self.cgroup / "memory.stat").read_text().splitlines())
            files = sum(int(stat[f"{self.cgroups.prefix}{kind}_file"]) for kind in ("active", "inactive"))
            size = int((self.cgroup / self.cgroups.usage).read_text()) - files
        else:
            size, namespace = 0, os.readlink(f"/proc/{self.first_process()}/ns/pid")
            for process in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    if os.readlink(process / "ns/pid") == namespace:
                        rollup = (process / "smaps_rollup").read_text()
                        size += 1024 * sum(map(int, re.findall(r"(?m)^Pss_(?:Anon|Shmem): +(\d+)", rollup)))
        self.memory[self.phase] = max(self.memory[self.phase], size)

    def sample_disk(self):
        """Keeps the peaks of the pip environment, of pip's temporary files, and of both together."""
        sizes = []
        for paths in self.files("runtime_resources/pip"), [self.directory / "tmp"]:
            total = subprocess.run(["du", "-scm", *paths], capture_output=True, text=True).stdout if paths else "0"
            sizes.append(int(total.splitlines()[-1].split()[0]))
        for name, size in zip(("environment", "downloads", "both"), (*sizes, sum(sizes))):
            self.disk[name] = max(self.disk[name], size)

    def count(self, log, text):
        """How often a text is in a log of Ray."""
        return sum(file.read_text(errors="replace").count(text) for file in self.files(f"logs/{log}"))

    def kills(self):
        """How often the kernel killed for memory, None if unknown, and how often Ray's monitor did."""
        events = self.cgroup and re.search(r"oom_kill (\d+)", (self.cgroup / self.cgroups.events).read_text())
        return events and events[1], self.count("raylet.out", "OOM kill reason")


def sample(nodes, action, seconds, stop):
    """Repeats an action on each node. Processes and files may end while it reads them."""
    while not stop.wait(seconds):
        for node in nodes:
            with contextlib.suppress(OSError, LookupError, ValueError, AttributeError):
                action(node)


def get(path):
    """The answer of Ray's dashboard."""
    with urllib.request.urlopen(DASHBOARD + path, timeout=20) as response:
        return json.load(response)


def wait(what, reached, nodes, seconds):
    """Waits until something is reached. Raises RuntimeError after so many seconds or if a node ends."""
    say(f"waiting for {what}")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            if reached():
                return
        for node in nodes:
            if node.process.poll() is not None:
                raise RuntimeError(f"{node.name} ended:\n" + (node.directory / "log").read_text()[-3000:])
        time.sleep(0.5)
    raise RuntimeError(f"{what}: not within {seconds:.0f} s")


def start(nodes):
    """Starts Ray on all nodes."""
    def alive():
        summary = get("/nodes?view=summary")["data"]["summary"]
        return sum(node["raylet"].get("state") == "ALIVE" for node in summary)

    head, *workers = nodes
    head.start("--head", "--port=6379", "--num-cpus=0")
    wait("the head", lambda: alive() == 1, [head], 300)
    for worker in workers:
        worker.start("--address=127.0.0.1:6379", "--num-cpus=1")
    wait("the workers", lambda: alive() == len(nodes), nodes, 300)


def enter(phase, nodes, seconds=0):
    """Lets all nodes be in a phase for some seconds at least."""
    for node in nodes:
        node.phase = phase
    time.sleep(seconds)


def deploy(nodes, work, timeout):
    """Deploys the application and waits until it runs; returns the seconds that it took."""
    def running():
        for node in nodes:
            if node.phase == "installing" and node.count("runtime_env_agent.log", "Successfully created runtime env"):
                node.phase, node.ready = "building", time.monotonic() - began
        application = get("/api/serve/applications/")["applications"].get(APPLICATION, {})
        if application.get("status") in ("DEPLOY_FAILED", "UNHEALTHY"):
            raise RuntimeError(json.dumps(application, indent=1)[-5000:])
        return application.get("status") == "RUNNING"

    pip = {"packages": PACKAGES, "pip_check": False}
    environment = {"working_dir": f"{FILES}/serve-config.zip", "pip": pip, "config": {"setup_timeout_seconds": 1800}}
    application = {"name": APPLICATION, "import_path": "text_ml.app", "route_prefix": "/", "runtime_env": environment}
    (work / "serve.yaml").write_text(json.dumps({"proxy_location": "EveryNode", "applications": [application]}))
    command = [work / "ray/bin/serve", "deploy", "--address", DASHBOARD, work / "serve.yaml"]
    enter("installing", nodes)
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=sys.stderr)
    wait("RUNNING", running, nodes, timeout)
    return time.monotonic() - began


def ask(text):
    """Sends a request to the application, and returns how many seconds its answer took."""
    began = time.monotonic()
    request = urllib.request.Request(SERVE, json.dumps(text).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            say(f"answer: {response.read().decode()[:60]}")
    except (OSError, http.client.HTTPException) as error:
        raise RuntimeError(f"a request failed: {error!r}") from error
    return time.monotonic() - began


def row(name, *cells):
    """Prints a row of a table."""
    print(f"{name:<30}" + "".join(f"{'-' if cell is None else cell:>12}" for cell in cells))


def report(nodes, work, running, answers):
    """Prints the result."""
    head, *workers = nodes
    paths = head.files(f"runtime_resources/pip/*/virtualenv/lib/{PYTHON}/site-packages/*.dist-info")
    packages = sorted(path.name.removesuffix(".dist-info") for path in paths)
    wheels = sum(path.stat().st_size for path in (work / "wheels").iterdir()) >> 20
    versions = " ".join(name for name in packages if name.startswith(("torch-", "transformers-")))
    print(f"packages: {len(packages)} {versions}, wheels: {wheels} MiB")
    ready = [worker.ready for worker in workers if worker.ready]
    for name, seconds in {
        "head's environment ready": head.ready,
        "workers' environments ready": max(ready, default=None),
        "RUNNING": running,
        "first answer": running + answers[0] if answers else None,
        "longest other answer": max(answers[1:], default=None),
    }.items():
        row(name, seconds and f"{seconds:.1f} s")
    row("requests answered", f"{len(answers)} of {REQUESTS}")
    phases = ["idle", "installing", "building", "running", "requests"]
    print()
    row("peak of memory in MiB, while", *phases)
    for node in nodes:
        row(node.name, *(node.memory[phase] >> 20 or None for phase in phases))
    print()
    row("peak of disk in MiB", "environment", "downloads", "both", "killed by:", "kernel", "Ray")
    for node in nodes:
        row(node.name, *(node.disk[kind] for kind in ("environment", "downloads", "both")), "", *node.kills())


def main():
    """Measures and reports; returns whether all requests were answered. In any case, it ends what it has started."""
    options = parse_options()
    if os.geteuid():
        sys.exit("only root can do this")
    for number in signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda *_: sys.exit(1))
    work = (options.directory or Path(tempfile.mkdtemp(prefix="measure-", dir="/tmp"))).resolve()
    work.mkdir(parents=True, exist_ok=True)
    if any(work.iterdir()):
        sys.exit(f"{work} is not empty")
    running, answers, stop = None, [], threading.Event()
    with contextlib.ExitStack() as stack:
        if not options.keep:
            stack.callback(shutil.rmtree, work)
        prepare(work, options.ray)
        isolate_network()
        serve = [sys.executable, "-m", "http.server", "--bind=127.0.0.1", f"--directory={work}", "8080"]
        server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(server.wait)
        stack.callback(server.kill)
        cgroups, parent = find_cgroups()
        nodes = [Node(0, work, options.head_memory)]
        nodes += [Node(number, work, options.worker_memory) for number in range(1, options.workers + 1)]
        for node in nodes:
            stack.callback(node.end)
            if cgroups:
                node.make_cgroup(cgroups, parent)
        stack.callback(stop.set)
        for action, seconds in ((Node.sample_memory, 0.5), (Node.sample_disk, 5)):
            threading.Thread(target=sample, args=(nodes, action, seconds, stop), daemon=True).start()
        try:
            start(nodes)
            enter("starting", nodes, 10)
            enter("idle", nodes, 5)
            running = deploy(nodes, work, options.timeout)
            enter("running", nodes, 5)
            enter("requests", nodes)
            for _ in range(REQUESTS):
                answers.append(ask(TEXT))
        except (RuntimeError, subprocess.CalledProcessError) as failure:
            say(failure)
        report(nodes, work, running, answers)
    return len(answers) == REQUESTS


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
