"""Uses branches, commits, merge requests and webhooks through python-gitlab.

Arguments: URL, project, token, token without write access.
"""

import http.server
import json
import queue
import sys
import threading

import gitlab
import requests

url, path, token, reader = sys.argv[1:]


class Sink:
    """Receives webhook deliveries on a loopback port."""

    def __init__(self):
        taken = self.taken = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken.put({"headers": self.headers, "body": json.loads(body)})
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/"

    def next(self):
        # The timeout prevents a run from waiting for ever.
        return self.taken.get(timeout=60)


sink = Sink()


def refused(status, text, call):
    try:
        call()
    except gitlab.exceptions.GitlabError as e:
        assert e.response_code == status, f"{status} expected, got {e.response_code} {e}"
        assert text in str(e), f"{text!r} expected in {e}"
    else:
        raise AssertionError(f"{status} {text} expected")


def client(secret):
    return gitlab.Gitlab(url, private_token=secret, retry_transient_errors=False)


gl = client(token)
gl.auth()
assert gl.user.username == "rayservice"
assert gl.version()[0].split(".")[0].isdigit()

project = gl.projects.get(path)
assert project.path_with_namespace == path
assert gl.projects.get(project.id).default_branch == "main"
refused(404, "404 Project Not Found", lambda: gl.projects.get("platform/unknown"))
refused(401, "401 Unauthorized", lambda: client("glpat-wrong").projects.get(path))

# Branches
branch = project.branches.create({"branch": "python/first", "ref": "main"})
assert branch.commit["id"] == project.branches.get("main").commit["id"]
assert not branch.protected and project.branches.get("main").default
refused(400, "Branch already exists", lambda: project.branches.create({"branch": "python/first", "ref": "main"}))
refused(400, "Invalid reference name: nowhere", lambda: project.branches.create({"branch": "x", "ref": "nowhere"}))
refused(400, "Branch name is invalid", lambda: project.branches.create({"branch": "a..b", "ref": "main"}))
refused(404, "404 Branch Not Found", lambda: project.branches.get("python"))
refused(405, "Cannot remove HEAD branch", lambda: project.branches.delete("main"))


# Commits, trees and files
def commit(on, *actions, **more):
    return project.commits.create({"branch": on, "commit_message": "By python\n\nWith a body", "actions": list(actions), **more})


def action(kind, file, **more):
    return {"action": kind, "file_path": file, **more}


made = commit(
    "python/first",
    action("create", "docs/a.txt", content="a\n"),
    action("create", "docs/ü b.txt", content="b\n"),
    action("create", "run.sh", content="IyEvYmluL3NoCg==", encoding="base64", execute_filemode=True),
)
assert made.title == "By python" and made.parent_ids == [branch.commit["id"]], made
assert project.commits.get(made.id).message.startswith("By python\n\nWith a body")
refused(400, "A file with this name already exists", lambda: commit("python/first", action("create", "docs/a.txt", content="")))
refused(400, "A directory with this name already exists", lambda: commit("python/first", action("create", "docs", content="")))
refused(400, "A file with this name doesn't exist", lambda: commit("python/first", action("update", "none", content="")))
refused(400, "A file with this name doesn't exist", lambda: commit("python/first", action("delete", "none")))
refused(400, "Path cannot include directory traversal", lambda: commit("python/first", action("create", "../x", content="")))
refused(400, "actions[0][action] does not have a valid value", lambda: commit("python/first", action("burn", "x")))
refused(400, "You can only create or edit files when you are on a branch", lambda: commit("nowhere", action("create", "x", content="")))
refused(400, "A branch called 'python/first' already exists", lambda: commit("python/first", action("create", "x", content=""), start_branch="main"))
commit(
    "python/first",
    action("update", "docs/a.txt", content="changed\n"),
    action("move", "docs/c.txt", previous_path="docs/ü b.txt"),
    action("delete", "run.sh"),
)
assert project.files.get("docs/a.txt", ref="python/first").decode() == b"changed\n"
assert project.files.get("docs/c.txt", ref="python/first").decode() == b"b\n"
refused(404, "404 File Not Found", lambda: project.files.get("run.sh", ref="python/first"))
refused(404, "404 Commit Not Found", lambda: project.files.get("run.sh", ref="nowhere"))
assert [e["path"] for e in project.repository_tree(ref="python/first", recursive=True, get_all=True)] == ["docs", "docs/a.txt", "docs/c.txt"]
refused(404, "404 Tree Not Found", lambda: project.repository_tree(ref="nowhere", get_all=True))

commit("python/many", *[action("create", f"many/{n:03}", content=str(n)) for n in range(250)], start_branch="main")
pages = project.repository_tree(path="many", ref="python/many", per_page=1000, iterator=True)
assert (pages.total, pages.total_pages, pages.per_page) == (250, 3, 100), (pages.total, pages.per_page)
assert [e["name"] for e in pages] == [f"{n:03}" for n in range(250)]


# Merge requests
def propose(source, **more):
    return project.mergerequests.create({"source_branch": source, "target_branch": "main", "title": "From python", **more})


mr = propose("python/first", labels=["one", "two"], description="First")
assert mr.state == "opened" and mr.labels == ["one", "two"]
refused(409, f"Another open merge request already exists for this source branch: !{mr.iid}", lambda: propose("python/first"))
refused(400, 'Source branch "nowhere" does not exist', lambda: propose("nowhere"))
refused(400, "title is empty", lambda: propose("python/first", title=""))
found = project.mergerequests.list(source_branch="python/first", state="opened", get_all=True)
assert [m.iid for m in found] == [mr.iid]
refused(400, "state does not have a valid value", lambda: project.mergerequests.list(state="lost", get_all=True))
refused(404, "404", lambda: project.mergerequests.get(999))

mr.title = "Another title"
mr.labels = ["three"]
mr.description = "Second"
mr.save()
mr = project.mergerequests.get(mr.iid)
assert (mr.title, mr.labels, mr.description) == ("Another title", ["three"], "Second")

mr.notes.create({"body": "A note"})
mr.notes.create({"body": "Another"})
assert [n.body for n in mr.notes.list(get_all=True)] == ["Another", "A note"]
refused(400, "body is missing", lambda: mr.notes.create({"body": None}))

head = project.commits.get(mr.sha)
head.statuses.create({"state": "running", "name": "python"})
head.statuses.create({"state": "success", "name": "python", "target_url": "https://example.com/"})
assert [(s.name, s.status) for s in head.statuses.list(get_all=True)] == [("python", "success")]
refused(400, "state does not have a valid value", lambda: head.statuses.create({"state": "lucky"}))

# GitLab also accepts form parameters.
api = f"{url}/api/v4/projects/{project.id}/merge_requests/{mr.iid}"
answer = requests.put(api, data={"add_labels": "four"}, headers={"Authorization": "Bearer " + token}, timeout=10)
assert answer.status_code == 200 and answer.json()["labels"] == ["four", "three"], answer.text

for_reader = client(reader).projects.get(path)
assert for_reader.mergerequests.get(mr.iid).title == "Another title"
refused(403, "insufficient_scope", lambda: for_reader.branches.create({"branch": "y", "ref": "main"}))

refused(409, "SHA does not match HEAD of source branch", lambda: mr.merge(sha="0" * 40))
mr.merge(sha=mr.sha, should_remove_source_branch=True)
assert project.mergerequests.get(mr.iid).state == "merged"
assert project.files.get("docs/a.txt", ref="main").decode() == b"changed\n"
refused(404, "404 Branch Not Found", lambda: project.branches.get("python/first"))
refused(405, "405", lambda: mr.merge())

# Webhooks
refused(422, "Invalid url given", lambda: project.hooks.create({"url": "nowhere"}))
refused(400, "url is missing", lambda: gl.http_post(f"/projects/{project.id}/hooks", post_data={"token": "x"}))
hook = project.hooks.create({"url": sink.url, "merge_requests_events": True, "push_events": False, "token": "python-token"})
assert [h.id for h in project.hooks.list(get_all=True)] == [hook.id] and not hasattr(hook, "token")
assert (hook.alert_status, hook.push_events) == ("executable", False)

other = propose("python/many", title="To be closed")
first = sink.next()
assert first["headers"]["X-Gitlab-Event"] == "Merge Request Hook" and first["headers"]["X-Gitlab-Token"] == "python-token"
assert first["body"]["object_attributes"]["action"] == "open" and first["body"]["object_attributes"]["iid"] == other.iid
other.state_event = "close"
other.save()
assert project.mergerequests.get(other.iid).state == "closed"
assert project.mergerequests.list(state="opened", get_all=True) == []
project.branches.delete("python/many")
refused(404, "404 Branch Not Found", lambda: project.branches.delete("python/many"))
closed = sink.next()
assert closed["body"]["object_attributes"]["action"] == "close" and closed["body"]["project"]["path_with_namespace"] == path
deliveries = f"/projects/{project.id}/hooks/{hook.id}/events"
assert gl.http_post(f"{deliveries}/{gl.http_get(deliveries)[0]['id']}/resend") == {"response_status": "204"}
again = sink.next()
assert again["body"] == closed["body"] and again["headers"]["Idempotency-Key"] == closed["headers"]["Idempotency-Key"]
hook.delete()
refused(404, "404", lambda: project.hooks.get(hook.id))
print("python-gitlab", gitlab.__version__, "is content")
