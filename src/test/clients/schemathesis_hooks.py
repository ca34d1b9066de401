"""Checks of this API beside those of Schemathesis: problems that say what to fix, and a description that agrees with them."""

import re

import schemathesis
from schemathesis.generation import GenerationMode
from schemathesis.openapi.checks import UseAfterFree
from schemathesis.specs.openapi.checks import use_after_free

# Rules that OpenAPI cannot state, by the beginning of their text. Whatever else is a 422 to a request that keeps the
# description is a mistake of the description.
BEYOND_THE_DESCRIPTION = (
    "must have, together with metadata.namespace, at most",
    "must not be the name of a Windows device",
    "must differ from metadata.namespace",
    "must not be a protected namespace",
    "must be a host name, not an IP address",
    "must be at most ",  # replicas and GPUs: a setting
    "must be one of ",  # hosts: a setting
    "must contain a valid host name",
    "must be a valid URL",
    "must be greater than 0",
    "looks like a secret",
    "must not contain control characters",
    "must not contain ${",
    "must be new for a new request",
    "must be between autoscaling.minReplicas and",
    "must be between minReplicas and",
    "must be a number between 1e-9",
    "must be absent beside",
    "must not be there twice",
    "must be a URL of ",  # schemes: a setting
    "must be at one of the hosts",
    # A free object, or a text that stands for one.
    "must be an object, or such an object as YAML",
    "must not be null: leave the field out",
    "must be a whole number of at most 64 bits",
    "must be a finite number",
    "must be nested at most",
)
# Ray's own schema holds for what is in it.
SERVE_CONFIG = "spec.serveConfig"
OF_THE_URL = re.compile(r"must be [a-z0-9-]+$")
# PyYAML writes 0e0 without quotes, which other readers of YAML take for a number.
NUMBER_IN_YAML = re.compile(r"must be text: write it in quotes")

# SchemathesisIT creates it.
CREATED = {"namespace": "schemathesis", "name": "kept"}
UNCHANGING = {"namespace": "ray-schemathesis-kept", "name": "schemathesis-kept"}


@schemathesis.hook
def before_load_schema(ctx, raw_schema):
    """Without a format, Schemathesis makes headers of letters and digits only, and takes 0 for an If-Match that keeps its pattern."""
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter.get("name") == "If-Match":
                    parameter["schema"]["format"] = "_if_match_header"


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Lets generated forms change something: the description cannot say that a form has the identity of its URL."""
    if (
        case.operation.method.upper() == "PUT"
        and case.meta is not None
        and case.meta.phase.name in ("coverage", "fuzzing")
        and case.meta.generation.mode == GenerationMode.POSITIVE
    ):
        case.path_parameters.update(CREATED)
        case.body["metadata"].update(CREATED)
        case.body["spec"].update(UNCHANGING)


@schemathesis.check
def problems_say_what_to_fix(ctx, response, case):
    """A request that breaks a rule is told the field, the value, the rule and where the rule comes from."""
    if response.status_code not in (400, 406, 415, 422):
        return
    violations = response.json().get("violations")
    assert violations, f"no violations in {response.text}"
    for violation in violations:
        assert violation.keys() == {"field", "value", "rule", "source"}, violation
        assert violation["field"] and violation["rule"] and violation["source"], violation


DRY_RUNS = set()


@schemathesis.check
def use_after_a_real_delete(ctx, response, case):
    """The check use_after_free, without the deletions that were dry runs."""
    if case.operation.method.upper() == "DELETE" and (case.query or {}).get("dryRun") == "All":
        DRY_RUNS.add(case.id)
    try:
        use_after_free(ctx, response, case)
    except UseAfterFree as e:
        if e.deleted_case_id not in DRY_RUNS:
            raise


@schemathesis.check
def refused_forms_agree_with_the_description(ctx, response, case):
    """A request that keeps the description is refused only for rules that the description cannot have."""
    if response.status_code != 422 or case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    for violation in response.json().get("violations", []):
        rule = violation["rule"]
        known = rule.startswith(BEYOND_THE_DESCRIPTION) or violation["field"].startswith(SERVE_CONFIG) or (
            violation["source"] in ("the URL", "kro: an immutable field; to change it, delete the Ray Service and create it again")
            and OF_THE_URL.match(rule)
        )
        yaml_number = case.media_type != "application/json" and NUMBER_IN_YAML.match(rule)
        assert known or yaml_number, f"the description allows it: {violation}"
