"""Writes the JSON schema of a language model of Ray Serve LLM, which the service checks args.llm_configs with.

    pip install 'ray[serve]==2.60.0' pyarrow
    python src/main/ray/llm_schema.py > src/main/resources/ray/llm-config-2.60.0.json

The version is the default of ray.version in the form. It needs neither vLLM nor a GPU: LLMConfig is imported from its own module, which
loads no engine. pyarrow is what its clients of cloud storage import.

LLMConfig takes any text or object for three fields and checks them in code. Here they have what that code takes: the accelerator types
with A10, which it reads as A10G; the engines; and the options of a Serve deployment, whose name it makes itself.
"""

import ray_schema
from ray.llm._internal.serve.core.configs.accelerators import AcceleratorType
from ray.llm._internal.serve.core.configs.llm_config import LLMConfig, LLMEngine
from ray.serve.schema import DeploymentSchema

schema = LLMConfig.model_json_schema()
fields = schema["properties"]
fields["accelerator_type"] = {
    "type": "string",
    "enum": sorted({"A10", *(accelerator.value for accelerator in AcceleratorType)}),
}
fields["llm_engine"] = {"type": "string", "enum": [engine.value for engine in LLMEngine]}
deployment = DeploymentSchema.model_json_schema()
schema["$defs"].update(deployment.pop("$defs"))
deployment["required"].remove("name")
fields["deployment_config"] = deployment

ray_schema.write(schema)
