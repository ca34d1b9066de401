"""Writes the JSON schema of Ray Serve's config file, which the service checks serveConfig with.

    pip install 'ray[serve]==2.52.0'
    python src/main/ray/serve_schema.py > src/main/resources/ray/serve-config-2.52.0.json

The version is the default of ray.version in the form. Titles and descriptions are left out: violations speak in the words of the
rule.
"""

import json
import sys

from ray.serve.schema import ServeDeploySchema


def without_prose(schema):
    if isinstance(schema, dict):
        return {
            key: without_prose(value)
            for key, value in schema.items()
            if not (key in ("title", "description") and isinstance(value, str))
        }
    return [without_prose(item) for item in schema] if isinstance(schema, list) else schema


json.dump(without_prose(ServeDeploySchema.schema()), sys.stdout, indent=1)
print()
