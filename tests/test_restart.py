"""The embedded worker survives what machines do: kill -9 in the middle of a conversion."""

from pathlib import Path

from served import owner_of, serving

from holotable.sample import rack


def test_a_server_killed_during_conversion_finishes_the_job_after_the_next_start(
    tmp_path: Path,
) -> None:
    file = tmp_path / "rack.glb"
    rack.write(file, occurrences=20_000, parts=300)
    with serving(tmp_path / "data") as server:
        mia = owner_of(server)
        project = mia.post("/projects", {"name": "Racks"})
        made = mia.upload(f"/projects/{project['id']}/uploads", file)
        started = mia.wait_for(made["revision"]["id"], "reading", "optimising", ceiling_s=60)
        assert started["state"] in ("reading", "optimising")
        server.kill()
        server.start()
        done = mia.wait_for(made["revision"]["id"])
        assert (done["state"], done.get("problem")) == ("ready", None)
        manifest = mia.get(f"/revisions/{done['id']}/scene/manifest.json")
        assert manifest["counts"]["occurrences"] == 20_000
        assert not list((tmp_path / "data").rglob("slot-*/*")), "a work folder was left behind"
