"""Packs a directory as an OCI image archive: pack_image.py [--without NAME PATH...] ROOT NAME OUT [VARIABLE=VALUE...] CMD

The archive has one image with one layer, and with --without (each path in one argument, separated by colons) a second one that
lacks these paths: a layer of whiteouts on the same layer. `ctr images import OUT` takes the result. The container runs as the user of rayproject/ray images.
"""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

arguments = sys.argv[1:]
images = {}
if arguments[0] == "--without":
    images[arguments[1]] = arguments[2].split(":")
    arguments = arguments[3:]
root, name, out, *environment, command = arguments
images[name] = []
MEDIA = "application/vnd.oci.image."
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def add(archive, path, data):
    entry = tarfile.TarInfo(path)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def blob(archive, kind, data):
    digest = hashlib.sha256(data).hexdigest()
    add(archive, f"blobs/sha256/{digest}", data)
    return {"mediaType": MEDIA + kind, "digest": f"sha256:{digest}", "size": len(data)}


layer = out + ".layer"
subprocess.check_call(["tar", "-C", root, "--numeric-owner", "-cf", layer, "."])
with open(layer, "rb") as file:
    layer_digest = hashlib.file_digest(file, "sha256").hexdigest()



def whiteouts(paths):
    """A layer that removes these paths from the one below it."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for path in paths:
            directory, file = os.path.split(path)
            add(archive, f"{directory}/.wh.{file}", b"")
    return data.getvalue()


def image(archive, name, paths):
    layers = [{"mediaType": MEDIA + "layer.v1.tar", "digest": f"sha256:{layer_digest}", "size": os.path.getsize(layer)}]
    if paths:
        layers.append(blob(archive, "layer.v1.tar", whiteouts(paths)))
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "User": "1000:100",
            "WorkingDir": "/",
            "Cmd": [command],
            "Env": [
                "PATH=/opt/ray/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME=/home/ray",
                f"REQUESTS_CA_BUNDLE={CERTIFICATES}",
                f"SSL_CERT_FILE={CERTIFICATES}",
                *environment,
            ],
        },
        "rootfs": {"type": "layers", "diff_ids": [each["digest"] for each in layers]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": MEDIA + "manifest.v1+json",
        "config": blob(archive, "config.v1+json", json.dumps(config).encode()),
        "layers": layers,
    }
    entry = blob(archive, "manifest.v1+json", json.dumps(manifest).encode())
    entry["annotations"] = {
        "io.containerd.image.name": name,
        "org.opencontainers.image.ref.name": name.rsplit(":", 1)[-1],
    }
    return entry


with tarfile.open(out, "w") as archive:
    archive.add(layer, f"blobs/sha256/{layer_digest}")
    manifests = [image(archive, name, paths) for name, paths in images.items()]
    add(archive, "index.json", json.dumps({"schemaVersion": 2, "manifests": manifests}).encode())
    add(archive, "oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}).encode())
os.remove(layer)
