"""Packs a directory as an OCI image archive with one layer: pack_image.py ROOT NAME OUT [VARIABLE=VALUE...] CMD

`ctr images import OUT` takes the result. The container runs as the user of rayproject/ray images.
"""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

root, name, out, *environment, command = sys.argv[1:]
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

with tarfile.open(out, "w") as archive:
    archive.add(layer, f"blobs/sha256/{layer_digest}")
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
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer_digest}"]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": MEDIA + "manifest.v1+json",
        "config": blob(archive, "config.v1+json", json.dumps(config).encode()),
        "layers": [
            {"mediaType": MEDIA + "layer.v1.tar", "digest": f"sha256:{layer_digest}", "size": os.path.getsize(layer)}
        ],
    }
    entry = blob(archive, "manifest.v1+json", json.dumps(manifest).encode())
    entry["annotations"] = {
        "io.containerd.image.name": name,
        "org.opencontainers.image.ref.name": name.rsplit(":", 1)[-1],
    }
    add(archive, "index.json", json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode())
    add(archive, "oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}).encode())
os.remove(layer)
