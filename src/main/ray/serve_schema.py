"""Writes the JSON schema of Ray Serve's config file, which the service checks serveConfig with.

    pip install 'ray[serve]==2.60.0'
    python src/main/ray/serve_schema.py > src/main/resources/ray/serve-config-2.60.0.json

The version is the default of ray.version in the form.
"""

import ray_schema
from ray.serve.schema import ServeDeploySchema

ray_schema.write(ServeDeploySchema.model_json_schema())
