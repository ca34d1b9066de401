"""The attackers of the service itself: callers without a token, of another team, with hostile input, with many requests."""

import http.client
import json
import socket
import time
from urllib.parse import urlsplit

RAY_SERVICES = "/api/v1/ray-services"
EVENTS = "/api/v1/events"
TIMEOUT = 30
SECONDS = 1

# The payload says who it is and by which key it is signed; nobody has signed it.
UNSIGNED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyOmRlZmF1bHQvYWRtaW4ifQ."


class Service:
    def __init__(self, url, token):
        address = urlsplit(url)
        self.secure = address.scheme == "https"
        self.host, self.port = address.hostname, address.port or (443 if self.secure else 80)
        self.token = token

    def connect(self):
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        return kind(self.host, self.port, timeout=TIMEOUT)

    def send(self, method, path, body=None, token=None, **headers):
        """Status, words and seconds of one request."""
        if token is not None:
            headers["Authorization"] = "Bearer " + token
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        began = time.monotonic()
        connection = self.connect()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, f"{answer.status} {answer.read().decode(errors='replace')}", time.monotonic() - began
        except (http.client.HTTPException, OSError) as e:
            return 0, f"the connection is closed: {e!r}", time.monotonic() - began
        finally:
            connection.close()

    def raw(self, request):
        """The status line that plain bytes get; empty when the connection is just closed. For http only."""
        with socket.create_connection((self.host, self.port), timeout=TIMEOUT) as connection:
            connection.sendall(request)
            return connection.recv(1000).decode(errors="replace").split("\r\n", 1)[0]


def form(namespace, name, changes=None):
    spec = {
        "name": name,
        "namespace": f"ray-{name}",
        "rayServeFile": "https://gitlab.company.com/a/-/archive/main/a.zip",
        "gitlab": {"hostname": "gitlab.company.com", "username": "jane"},
        **(changes or {}),
    }
    return json.dumps({"metadata": {"namespace": namespace, "name": name}, "spec": spec})


def strangers(report, service, foreign):
    """Who has no token."""
    one = f"{RAY_SERVICES}/{foreign}/attack"
    doors = [("GET", path) for path in (RAY_SERVICES, one, one + "/history", one + "/events", EVENTS, "/api/v1/catalog/entities", "/api/v1/dependencies")]
    doors += [("POST", RAY_SERVICES), ("PUT", one), ("DELETE", one), ("POST", one + ":restart"), ("POST", one + ":rollback"), ("POST", "/webhooks/argocd")]
    for method, path in doors:
        for who, token in (("without a token", None), ("with a token that nobody signed", UNSIGNED)):
            status, words, _ = service.send(method, path, None if method == "GET" else "{}", token)
            report.refused("service", f"{method} {path} {who}", status == 401, words)
    status, words, _ = service.send("POST", "/webhooks/gitlab", "{}", **{"X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": "guess"})
    report.refused("service", "POST /webhooks/gitlab with a guessed secret", status in (401, 404), words)
    for path in ("/q/health", "/q/metrics", "/q/dev", "/q/arc", "/q/swagger-ui", "/.git/config", "/backstage-templates/..%2f..%2fetc%2fpasswd"):
        status, words, _ = service.send("GET", path)
        report.refused("service", f"GET {path}", status in (400, 404), words)
    if not service.secure:
        head = f"POST {RAY_SERVICES} HTTP/1.1\r\nHost: service\r\n"
        for what, smuggled in (
            ("two lengths of one body", "Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello"),
            ("a header without an end", "X: " + "x" * 100_000),
        ):
            words = service.raw((head + smuggled).encode())
            report.refused("service", what, not words or words.split()[1][0] == "4", words)


def tenants(report, service, own, foreign):
    """Who may write another namespace."""
    dry = "?dryRun=All"
    status, words, _ = service.send("POST", RAY_SERVICES + dry, form(own, "attack"), service.token)
    report.allowed("service", f"a form for {own}, as a dry run", status == 200, words[:60])
    one = f"{RAY_SERVICES}/{foreign}/attack"
    for method, path, body in (
        ("POST", RAY_SERVICES, form(foreign, "attack")),
        ("PUT", one, form(foreign, "attack")),
        ("DELETE", one, None),
        ("POST", one + ":restart", None),
        ("POST", one + ":rollback", json.dumps({"commit": "a" * 40})),
    ):
        status, words, _ = service.send(method, path + dry, body, service.token)
        report.refused("service", f"{method} for {foreign}", status == 403, words)
    status, words, _ = service.send("POST", "/webhooks/argocd", "{}", service.token)
    report.refused("service", "say what Argo CD has done", status == 403, words)
    for what, changes in (
        ("in the name of an administrator", {"createdBy": "user:default/admin"}),
        ("a namespace of Kubernetes", {"namespace": "kube-system"}),
        ("the other team's namespace", {"namespace": foreign}),
        ("the platform's own host", {"ingress": {"host": "argocd.evil.com"}}),
        ("a path out of the directory", {"name": "../../team/other"}),
        ("an expression of kro", {"rayServeFile": "https://gitlab.company.com/${schema.spec}/a.zip"}),
        ("an address of the cloud's metadata", {"rayServeFile": "http://169.254.169.254/latest/meta-data"}),
        ("a file of the service", {"rayServeFile": "file:///etc/passwd"}),
        ("a secret in a form", {"ray": {"env": [{"name": "TOKEN", "value": "hf_" + "a" * 34}]}}),
    ):
        status, words, _ = service.send("POST", RAY_SERVICES + dry, form(own, "attack", changes), service.token)
        report.refused("service", what, status in (409, 422) and "hf_aaa" not in words, words)


def hostile(report, service, own):
    """Input that is made to cost something: an answer within a second that is no failure of the service."""

    def cheap(what, method, path, body, **headers):
        status, words, seconds = service.send(method, path, body, service.token, **headers)
        report.refused("service", f"{what} ({seconds:.2f} s)", status < 500 and (status == 0 or status >= 400) and seconds < SECONDS, words)

    dry = RAY_SERVICES + "?dryRun=All"
    for what, changes in (
        ("a person of 120,000 characters like a token", {"createdBy": "-eyJ" * 30_000}),
        ("a huge exponent", {"resources": {"cpu": "1e99999999999"}}),
        ("a host of 5,000 labels", {"ingress": {"host": "a." * 5_000 + "com"}}),
        ("an Ingress class of 40,000 characters", {"ingress": {"className": "a-" * 20_000}}),
        ("12,000 unknown fields", {f"x{i}": 0 for i in range(12_000)}),
    ):
        cheap(what, "POST", dry, form(own, "attack", changes))
    cheap("100,000 levels", "POST", dry, '{"spec":' + "[" * 100_000)
    cheap("aliases that grow", "POST", dry, "a: &a [x,x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)},*{chr(97 + i)}]\n" for i in range(24)), **{"Content-Type": "application/yaml"})
    cheap("a megabyte", "POST", dry, " " * (1 << 20))
    cheap("1,500 tags", "DELETE", f"{RAY_SERVICES}/{own}/attack?dryRun=All", None, **{"If-Match": ",".join(['""'] * 1_500)})


def floods(report, service, other):
    """More than one caller may take, while another one is answered."""
    streams, status, words = [], 0, ""
    for _ in range(1_000):
        stream = service.connect()
        stream.request("GET", EVENTS, None, {"Authorization": "Bearer " + service.token, "Accept": "text/event-stream"})
        answer = stream.getresponse()
        if answer.status != 200:
            status, words = answer.status, f"{answer.status} {answer.read().decode()}"
            break
        streams.append((stream, answer))
    report.refused("service", f"one stream more than {len(streams)}", status == 429, words)
    if other is not None:
        status, words, seconds = service.send("GET", RAY_SERVICES + "?limit=1", None, other)
        report.allowed("service", f"another caller meanwhile ({seconds:.2f} s)", status == 200, words)
    for stream, answer in streams:
        answer.close()
        stream.close()


def attack(report, url, token, other, own, foreign):
    """
    url: of the service
    token: of a caller that may write the namespace own, and no other
    other: token of another caller, or None
    """
    service = Service(url, token)
    strangers(report, service, foreign)
    tenants(report, service, own, foreign)
    hostile(report, service, own)
    floods(report, service, other)
