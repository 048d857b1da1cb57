"""What this GitHub sends of its world, in the fields that the published description requires."""

from __future__ import annotations

from typing import Any

from tests.servers.github.world import Comment, Release, Repo, Review, Topic

WEB = "https://github.example"
_USER_LINKS = """followers following gists starred subscriptions organizations repos events
    received_events""".split()
_REPO_LINKS = """archive assignees blobs branches collaborators comments commits compare contents
    contributors deployments downloads events forks git_commits git_refs git_tags hooks
    issue_comment issue_events issues keys labels languages merges milestones notifications pulls
    releases stargazers statuses subscribers subscription tags teams trees""".split()


def user(api: str, login: str | None) -> dict[str, Any] | None:
    """An account; None for one that is gone."""
    if login is None:
        return None
    url = f"{api}/users/{login}"
    return {
        "login": login,
        "id": sum(map(ord, login)),
        "node_id": f"U_{login}",
        "avatar_url": f"{WEB}/{login}.png",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{WEB}/{login}",
        **{f"{name}_url": f"{url}/{name}" for name in _USER_LINKS},
        "type": "User",
        "site_admin": False,
    }


def repository(api: str, repo: Repo) -> dict[str, Any]:
    """A repository as it is asked for by its name."""
    owner, _, name = repo.name.partition("/")
    url = f"{api}/repos/{repo.name}"
    counts = """forks forks_count network_count open_issues open_issues_count size
        stargazers_count subscribers_count watchers watchers_count""".split()
    flags = "archived disabled fork has_downloads has_pages has_projects has_wiki".split()
    return {
        "id": repo.id,
        "node_id": f"R_{repo.id}",
        "name": name,
        "full_name": repo.name,
        "owner": user(api, owner),
        "private": repo.private,
        "html_url": f"{WEB}/{repo.name}",
        "description": None,
        "url": url,
        **{f"{link}_url": f"{url}/{link}" for link in _REPO_LINKS},
        **dict.fromkeys(counts, 0),
        **dict.fromkeys(flags, False),
        "clone_url": f"{WEB}/{repo.name}.git",
        "git_url": f"git://github.example/{repo.name}.git",
        "ssh_url": f"git@github.example:{repo.name}.git",
        "svn_url": f"{WEB}/{repo.name}",
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "default_branch": "main",
        "has_issues": repo.has_issues,
        "has_discussions": repo.has_discussions,
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "pushed_at": "2026-01-01T00:00:00Z",
    }


def _label(name: str, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "node_id": f"L_{number}",
        "url": f"{WEB}/labels/{number}",
        "name": name,
        "description": None,
        "color": "ededed",
        "default": False,
    }


def page_of(repo: Repo, topic: Topic) -> str:
    """Where a person reads it."""
    return f"{WEB}/{repo.name}/{'pull' if topic.pull else 'issues'}/{topic.number}"


def issue(api: str, repo: Repo, topic: Topic) -> dict[str, Any]:
    """An issue, or a pull request as one."""
    home = f"{api}/repos/{repo.name}"
    url = f"{home}/issues/{topic.number}"
    found: dict[str, Any] = {
        "id": topic.id,
        "node_id": f"I_{topic.id}",
        "url": url,
        "repository_url": home,
        **{f"{name}_url": f"{url}/{name}" for name in ("comments", "events")},
        "labels_url": f"{url}/labels{{/name}}",
        "html_url": page_of(repo, topic),
        "number": topic.number,
        "state": topic.state,
        "state_reason": topic.reason,
        "title": topic.title,
        "body": topic.body,
        "user": user(api, topic.author),
        "labels": [_label(name, number) for number, name in enumerate(topic.labels)],
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": False,
        "active_lock_reason": None,
        "comments": len(topic.comments),
        "closed_at": topic.updated if topic.state == "closed" else None,
        "created_at": topic.created,
        "updated_at": topic.updated,
        "author_association": "MEMBER",
    }
    if topic.pull:
        page = page_of(repo, topic)
        found["pull_request"] = {
            "url": f"{home}/pulls/{topic.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": topic.merged,
        }
    return found


def pull(api: str, repo: Repo, topic: Topic) -> dict[str, Any]:
    """A pull request as its own listing has it."""
    found = issue(api, repo, topic)
    for name in ("pull_request", "comments", "repository_url", "labels_url", "events_url"):
        del found[name]
    del found["state_reason"]
    home, page = f"{api}/repos/{repo.name}", page_of(repo, topic)
    url = f"{home}/pulls/{topic.number}"
    links = {
        "self": url,
        "html": page,
        "issue": f"{home}/issues/{topic.number}",
        "comments": found["comments_url"],
        "commits": f"{url}/commits",
        "statuses": f"{home}/statuses/c0ffee",
        "review_comments": f"{url}/comments",
        "review_comment": f"{home}/pulls/comments{{/number}}",
    }
    unsaid = {"network_count", "subscribers_count"}
    branch = {
        "label": "acme:main",
        "ref": "main",
        "sha": "c0ffee",
        "user": user(api, "acme"),
        "repo": {k: v for k, v in repository(api, repo).items() if k not in unsaid},
    }
    return {
        **found,
        "url": url,
        **{f"{name}_url": link for name, link in links.items() if name not in {"self", "html"}},
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "_links": {name: {"href": link} for name, link in links.items()},
        "head": branch,
        "base": branch,
        "merged_at": topic.merged,
        "merge_commit_sha": None,
        "auto_merge": None,
    }


def whole_pull(api: str, repo: Repo, topic: Topic) -> dict[str, Any]:
    """A pull request as it is asked for by itself."""
    return {
        **pull(api, repo, topic),
        "merged": topic.merged is not None,
        "merged_by": None,
        "mergeable": None,
        "mergeable_state": "unknown",
        "maintainer_can_modify": False,
        "comments": len(topic.comments),
        "review_comments": len(topic.lines),
        **dict.fromkeys(("additions", "changed_files", "commits", "deletions"), 1),
    }


def comment(api: str, repo: Repo, topic: Topic, made: Comment) -> dict[str, Any]:
    """A comment on an issue or a pull request."""
    return {
        "id": made.id,
        "node_id": f"IC_{made.id}",
        "url": f"{api}/repos/{repo.name}/issues/comments/{made.id}",
        "html_url": f"{page_of(repo, topic)}#issuecomment-{made.id}",
        "issue_url": f"{api}/repos/{repo.name}/issues/{topic.number}",
        "body": made.body,
        "user": user(api, made.author),
        "created_at": made.created,
        "updated_at": made.updated,
        "author_association": "NONE",
        "minimized": {"reason": "spam"} if made.hidden else None,
    }


def review(api: str, repo: Repo, topic: Topic, made: Review) -> dict[str, Any]:
    """A review of a pull request."""
    page = f"{page_of(repo, topic)}#pullrequestreview-{made.id}"
    pull = f"{api}/repos/{repo.name}/pulls/{topic.number}"
    return {
        "id": made.id,
        "node_id": f"PRR_{made.id}",
        "user": user(api, made.author),
        "body": made.body,
        "state": made.state,
        "html_url": page,
        "pull_request_url": pull,
        "submitted_at": made.submitted,
        "commit_id": "c0ffee",
        "author_association": "MEMBER",
        "_links": {"html": {"href": page}, "pull_request": {"href": pull}},
    }


def line(api: str, repo: Repo, topic: Topic, made: Comment) -> dict[str, Any]:
    """A comment on a line of a pull request."""
    url = f"{api}/repos/{repo.name}/pulls/comments/{made.id}"
    page = f"{page_of(repo, topic)}#discussion_r{made.id}"
    pull = f"{api}/repos/{repo.name}/pulls/{topic.number}"
    found = {
        "id": made.id,
        "node_id": f"PRRC_{made.id}",
        "url": url,
        "pull_request_review_id": 7,
        "diff_hunk": "@@ -1 +1 @@",
        "path": made.path,
        "line": made.line,
        "original_line": made.line,
        "commit_id": "c0ffee",
        "original_commit_id": "c0ffee",
        "user": user(api, made.author),
        "body": made.body,
        "created_at": made.created,
        "updated_at": made.updated,
        "html_url": page,
        "pull_request_url": pull,
        "author_association": "MEMBER",
        "_links": {
            "self": {"href": url},
            "html": {"href": page},
            "pull_request": {"href": pull},
        },
    }
    return found | ({"in_reply_to_id": made.answers} if made.answers else {})


def release(api: str, repo: Repo, made: Release) -> dict[str, Any]:
    """A release."""
    url = f"{api}/repos/{repo.name}/releases/{made.id}"
    return {
        "id": made.id,
        "node_id": f"RE_{made.id}",
        "url": url,
        "html_url": f"{WEB}/{repo.name}/releases/tag/{made.tag}",
        "assets_url": f"{url}/assets",
        "upload_url": f"{url}/assets{{?name,label}}",
        "tarball_url": f"{url}/tarball",
        "zipball_url": f"{url}/zipball",
        "tag_name": made.tag,
        "target_commitish": "main",
        "name": made.name,
        "body": made.body,
        "draft": made.draft,
        "prerelease": made.prerelease,
        "created_at": made.created,
        "published_at": None if made.draft else made.created,
        "author": user(api, made.author),
        "assets": [],
    }
