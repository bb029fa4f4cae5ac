"""Webhooks of a real server that is killed: every event arrives, under one id however often."""

import json
import time
from pathlib import Path

from served import owner_of, serving
from standardwebhooks import Webhook
from webhook_receiver import Received, receiving


def test_a_server_killed_while_it_delivers_loses_nothing_and_repeats_only_ids(
    tmp_path: Path,
) -> None:
    settings = {"HOLOTABLE_WEBHOOK_NETWORKS": "127.0.0.0/8", "HOLOTABLE_WEBHOOK_TIMEOUT_S": "2"}
    with receiving() as receiver, serving(tmp_path / "data", **settings) as server:
        mia = owner_of(server)
        project = mia.post("/projects", {"name": "Skid"})
        hook = mia.post(f"/projects/{project['id']}/webhooks", {"url": receiver.url})
        killed = False

        def kill_in_the_middle(_one: Received) -> int:
            nonlocal killed
            if len(receiver.got) == 2 and not killed:
                server.kill()  # the answer reaches nobody
                killed = True
            return 200

        receiver.answer = kill_in_the_middle
        titles = [f"Issue {number}" for number in range(3)]
        for title in titles[:2]:
            mia.post(f"/projects/{project['id']}/issues", {"title": title})
        wait_for(lambda: killed)
        server.start()
        mia.post(f"/projects/{project['id']}/issues", {"title": titles[2]})

        def told() -> list[str]:
            """As a receiver that knows ids reads it."""
            seen: dict[str, str] = {}
            for one in receiver.got:
                Webhook(hook["secret"]).verify(one.body, one.headers)
                event = json.loads(one.body)
                assert event["id"] == one.headers["webhook-id"]
                seen.setdefault(event["id"], event["data"].get("title", event["type"]))
            return [title for title in seen.values() if title in titles]

        wait_for(lambda: len(told()) == len(titles))
        assert told() == titles
        ids = [one.headers["webhook-id"] for one in receiver.got]
        assert len(ids) > len(set(ids)), "what was cut off came again"
        feed = mia.get(f"/projects/{project['id']}/changes")
        assert [one["data"]["title"] for one in feed["items"] if "title" in one["data"]] == titles


def wait_for(found: object, ceiling_s: float = 90.0) -> None:
    assert callable(found)
    deadline = time.monotonic() + ceiling_s
    while not found():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)
