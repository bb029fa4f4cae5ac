from pathlib import Path

import pytest
from cad_files import silent
from pmi_files import DIMENSIONS, DRAWN, TOLERANCES, annotated

from holotable.conversion.readers import xcaf
from holotable.conversion.readers.exchange_structure import ExchangeStructure
from holotable.conversion.readers.pmi_draft import Draft, Gathering
from holotable.conversion.readers.pmi_entries import Entry, read_entries
from holotable.conversion.readers.pmi_links import PmiLinks
from holotable.conversion.readers.pmi_shapes import PartShapes, StepShapes

# A second callout without any meaning but the name and faces of the diameter H7, and one of both.
LOOSE = """
#9500=TESSELLATED_ANNOTATION_OCCURRENCE('diameter',(),#9312);
#9501=DRAUGHTING_MODEL_ITEM_ASSOCIATION('','',#9010,#9300,#9500);
#9510=TESSELLATED_ANNOTATION_OCCURRENCE('Stacked',(),#9312);
#9511=DRAUGHTING_MODEL_ITEM_ASSOCIATION('','',#9220,#9300,#9510);
#9512=DRAUGHTING_MODEL_ITEM_ASSOCIATION('','',#9201,#9300,#9510);
"""


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Entry], list[Draft]]:
    path: Path = tmp_path_factory.mktemp("draft") / "a.step"
    annotated(path, DIMENSIONS, TOLERANCES, DRAWN, LOOSE)
    document = xcaf.open_document(path, "step", silent)
    structure = ExchangeStructure(path.read_bytes())
    entries, _ = read_entries(document.handle.Main())
    parts = PartShapes([xcaf.shape_of(product) for product in document.products.values()])
    shapes = StepShapes(document.reader, structure)
    return entries, Gathering(PmiLinks(structure), entries, parts, shapes).drafts


def test_entries_and_instances_that_are_the_same_become_one(
    gathered: tuple[list[Entry], list[Draft]],
) -> None:
    _, drafts = gathered

    assert sorted((draft.kind, draft.type) for draft in drafts) == [
        ("datum", "datum"), ("datum", "datum"), ("datum", "datum target"),
        ("dimension", "diameter"), ("dimension", "diameter"), ("dimension", "linear distance"),
        ("note", "note"), ("tolerance", "position"), ("tolerance", "position"),
    ]  # fmt: skip
    instances = [draft.instance for draft in drafts if draft.kind in ("dimension", "tolerance")]
    assert sorted(instances) == [9100, 9110, 9120, 9220, 9230]


def test_every_entry_of_the_document_is_counted_in_exactly_one(
    gathered: tuple[list[Entry], list[Draft]],
) -> None:
    entries, drafts = gathered

    counted = sum(draft.counted.total() for draft in drafts)
    assert counted == len(entries) > 0


def test_callouts_go_to_what_they_mean_else_to_the_undrawn_one_of_name_and_faces(
    gathered: tuple[list[Entry], list[Draft]],
) -> None:
    _, drafts = gathered

    drawn = {
        draft.instance or draft.letter: [callout.name for callout in draft.callouts]
        for draft in drafts
        if draft.callouts and draft.kind != "note"
    }
    # The stacked callout draws the tolerance and the datum; a composite's lower segment shares it.
    assert drawn == {
        9100: ["Size.1"], 9110: ["diameter"], 9220: ["Stacked"], 9230: ["Stacked"],
        "A": ["Stacked"],
    }  # fmt: skip
    assert [draft.name for draft in drafts if draft.kind == "note"] == ["Text.1"]


def test_segments_of_a_composite_frame_are_numbered(
    gathered: tuple[list[Entry], list[Draft]],
) -> None:
    _, drafts = gathered

    segments = {draft.instance: draft.properties.get("segment") for draft in drafts}
    assert (segments[9220], segments[9230], segments[9100]) == (1, 2, None)
