"""Checks of this API beside those of Schemathesis: problems that say what to fix, and a description that agrees with them."""

import re

import schemathesis
from schemathesis.generation import GenerationMode
from schemathesis.openapi.checks import UseAfterFree
from schemathesis.specs.openapi.checks import use_after_free

# What OpenAPI cannot state: why, the fields that have such a rule, and the beginnings of its text. Whatever else is a 422 to a
# request that keeps the description is a mistake of the description.
TEXTS = r"(metadata|spec)\b.*"
URLS = r"spec\.(rayServeFile|runtimeEnv\.pip\[\d+\]|(args|serveConfig)\b.*)"
FREE = r"spec\.(args|serveConfig|deployments\[\d+\]\.(userConfig|rayActorOptions\.resources))\b.*"
BEYOND_THE_DESCRIPTION = {
    "two fields together": (
        (r"metadata\.name", "must have, together with metadata.namespace, at most"),
        (r"spec\.namespace", "must differ from metadata.namespace"),
        (r"spec\.replicas", "must be between autoscaling.minReplicas and"),
        (r"spec\.autoscaling\.minReplicas", "must be at most maxReplicas"),
        (r"spec\.deployments\[\d+\]\.autoscalingConfig\.minReplicas", "must be at most maxReplicas"),
        (r"spec\.deployments\[\d+\]\.autoscalingConfig\.initialReplicas", "must be between minReplicas and"),
        (r"spec\.(\w+|deployments\[\d+\]\.\w+)", "must be absent beside"),
        (r"spec\.resources\.(head|worker)\.hardware", "must be absent without profile"),
        (r"spec\.resources\.worker\.gpu", "must be 0 beside a profile"),
        (r"metadata\.(labels|annotations)\b.*", "must be metadata.name, or absent"),
    ),
    "a list whose items differ in one field": (
        (r"spec\.(deployments|secrets|runtimeEnv\.envVars)\[\d+\]\.name", "must not be there twice"),
        (r"spec\.secrets\[\d+\]\.use", "must be the use of one Secret only"),
    ),
    "the platform's settings": (
        (r"metadata\.namespace", "must be a team's namespace"),
        (r"spec\.namespace", "must not be a protected namespace"),
        (r"spec\.(replicas|autoscaling\.maxReplicas|resources\.worker\.gpu)", "must be at most "),
        (r"spec\.resources\.(head|worker)\.(cpu|memory|profile)", "must be at most "),
        (r"spec\.cloudIdentity", "must be absent: this platform lets no Ray Service"),
        (r"spec\.cloudIdentity", "must be a role that "),
        (r"spec\.modelCache\.mountPath", "must be a directory that the image and Ray do not use"),
        (r"spec\.ingress\.(host|className)", "must be one of "),
        (r"spec\.resources\.(head|worker)\.profile", "must be one of "),
        (r"spec\.resources\.(head|worker)\.profile", "must be absent: this platform has no hardware profiles"),
        (r"spec\.resources\.(head|worker)\.profile", "must have at most "),
        (URLS, "must be a URL of "),
        (URLS, "must be at one of the hosts"),
        (r"spec\.(ray\.image|(args|serveConfig)\b.*)", "must be an image of "),
    ),
    "a pattern that would have to look ahead": (
        (r"metadata\.(namespace|name)", "must not be the name of a Windows device"),
        (r"spec\.(gitlab\.hostname|ingress\.host)", "must be a host name, not an IP address"),
        (URLS, "must contain a valid host name"),
        (URLS, "must be a valid URL"),
        (URLS, "must be at another machine"),
        (URLS, "must not contain a query"),
        (URLS, "must not contain a user name"),
        (r"spec\.(ray|resources\.(head|worker)\.hardware)\.image", "must have at most 255 characters before tag and digest"),
        (r"spec\.(ray|resources\.(head|worker)\.hardware)\.image", "must not be the id of an image"),
        (TEXTS, "looks like a secret"),
        (TEXTS, "must not contain control characters"),
        (TEXTS, "must not contain ${"),
    ),
    "a number in a text, or one that is left out": (
        (r"spec\.resources\.(head|worker)\.(cpu|memory|ephemeralStorage)", "must be greater than 0"),
        (r"spec\.modelCache\.size", "must be greater than 0"),
        (r"spec\.deployments\[\d+\]\.(autoscalingConfig|rayActorOptions)\.\w+", "must be a number between 1e-9"),
        (r"spec\.deployments\[\d+\]\.maxQueuedRequests", "must be -1, for any number, or at least 1"),
    ),
    "keys and values of maps": (
        (r"metadata\.(labels|annotations)\b.*", "must have keys of at most 63"),
        (r"metadata\.(labels|annotations)\b.*", "must be empty or at most 63 letters"),
        (r"metadata\.(labels|annotations)\b.*", "must have at most 262144 bytes"),
    ),
    "what was sent before": (
        (r"Idempotency-Key", "must be new for a new request"),
        (r"commit", "must be one of its versions"),
        (r"spec\.modelCache\.(storageClassName|accessMode)", "must be "),
    ),
    "a free object, or a text for one": (
        (FREE, "must be an object, or such an object as YAML"),
        (FREE, "must not be null: leave the field out"),
        (FREE, "must be a whole number of at most 64 bits"),
        (FREE, "must be a finite number"),
        (FREE, "must be nested at most"),
    ),
}


def is_beyond_the_description(violation):
    return any(
        re.fullmatch(field, violation["field"], re.DOTALL) and violation["rule"].startswith(rule)
        for rules in BEYOND_THE_DESCRIPTION.values()
        for field, rule in rules
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
    """Lets generated forms change something: the description cannot say that a form has the identity of its URL, nor the platform's hosts."""
    if (
        case.operation.method.upper() == "PUT"
        and case.meta is not None
        and case.meta.phase.name in ("coverage", "fuzzing")
        and case.meta.generation.mode == GenerationMode.POSITIVE
    ):
        case.path_parameters.update(CREATED)
        case.body["metadata"].update(CREATED)
        case.body["spec"].update(UNCHANGING)
        if isinstance(case.body["spec"].get("ingress"), dict):
            for field in ("host", "className"):
                case.body["spec"]["ingress"].pop(field, None)


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
        known = is_beyond_the_description(violation) or violation["field"].startswith(SERVE_CONFIG) or (
            violation["source"] in ("the URL", "kro: an immutable field; to change it, delete the Ray Service and create it again")
            and OF_THE_URL.match(rule)
        )
        yaml_number = case.media_type != "application/json" and NUMBER_IN_YAML.match(rule)
        assert known or yaml_number, f"the description allows it: {violation}"
