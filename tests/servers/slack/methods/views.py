"""views.*: modals and the home tab."""

from __future__ import annotations

from tests.servers.slack.call import Call, SlackError
from tests.servers.slack.desk import Desk, Method
from tests.servers.slack.interactions import View
from tests.servers.slack.limits import check_view
from tests.servers.slack.world import Json


async def open_modal(desk: Desk, call: Call) -> Json:
    """views.open."""
    given = _modal(call)
    member = desk.interactions.take_trigger(call.text("trigger_id"))
    return {"view": desk.interactions.open_view(given, member, call.own_team).data}


async def push(desk: Desk, call: Call) -> Json:
    """views.push."""
    given = _modal(call)
    member = desk.interactions.take_trigger(call.text("trigger_id"))
    below = desk.interactions.seen_by(member)
    if not below:
        raise SlackError("not_found")
    root = below[0].data["root_view_id"]
    return {"view": desk.interactions.open_view(given, member, call.own_team, root).data}


async def update(desk: Desk, call: Call) -> Json:
    """views.update."""
    given = check_view(call.structured("view"))
    view = _named(desk, call)
    _check_hash(view, call)
    desk.interactions.change_view(view, given)
    return {"view": view.data}


async def publish(desk: Desk, call: Call) -> Json:
    """views.publish: the home tab of one member."""
    given = check_view(call.structured("view"))
    if given["type"] != "home":
        raise SlackError("invalid_arguments", ["a home tab is a view of type home"])
    member = desk.world.members.get(call.text("user_id"))
    if member is None:
        raise SlackError("invalid_arguments", ["[ERROR] invalid user_id"])
    homes = [
        view
        for view in desk.interactions.views.values()
        if view.member is member and view.data["type"] == "home"
    ]
    if homes:
        _check_hash(homes[0], call)
        desk.interactions.change_view(homes[0], given)
        return {"view": homes[0].data}
    return {"view": desk.interactions.open_view(given, member, call.own_team).data}


def _modal(call: Call) -> Json:
    given = check_view(call.structured("view"))
    if given["type"] != "modal":
        raise SlackError("invalid_arguments", ["only a view of type modal can be opened"])
    return given


def _named(desk: Desk, call: Call) -> View:
    outside = call.text("external_id")
    for view in desk.interactions.views.values():
        if view.id == call.text("view_id") or (outside and view.data["external_id"] == outside):
            return view
    raise SlackError("not_found")


def _check_hash(view: View, call: Call) -> None:
    if call.text("hash") and call.text("hash") != view.data["hash"]:
        raise SlackError("hash_conflict")


METHODS: dict[str, Method] = {
    "views.open": open_modal,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
