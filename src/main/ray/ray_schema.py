"""What the JSON schemas that Ray exports leave out before the service keeps them.

Titles and descriptions: violations speak in the words of the rule. Where Ray takes an object or a model (autoscaling_config,
model_loading_config), the free object: Ray makes the model of it when it deploys, and fails there.
"""

import json
import sys


def _is_free_object(schema):
    return schema == {"type": "object", "additionalProperties": True}


def _has_model(schemas):
    return any("$ref" in schema for schema in schemas if isinstance(schema, dict))


def _checked(schema):
    """The schema without its prose, and without free objects beside a model."""
    if isinstance(schema, dict):
        return {
            key: _checked(value)
            for key, value in schema.items()
            if not (key in ("title", "description") and isinstance(value, str))
        }
    if isinstance(schema, list):
        kept = [_checked(item) for item in schema]
        return [item for item in kept if not _is_free_object(item)] if _has_model(kept) else kept
    return schema


def write(schema):
    """Writes the schema to standard output."""
    json.dump(_checked(schema), sys.stdout, indent=1)
    print()
