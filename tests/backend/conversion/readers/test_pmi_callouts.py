from pmi_files import DIMENSIONS, DRAWN, as_content

from holotable.conversion.readers.exchange_structure import ExchangeStructure
from holotable.conversion.readers.pmi_callouts import Callout, Callouts, View

LOOSE = """
#9400=TESSELLATED_ANNOTATION_OCCURRENCE('Flatness.1',(),#9312);
#9401=DRAUGHTING_MODEL('',(#9402),#CONTEXT);
#9402=ANNOTATION_PLANE('plane',(),#9350,(#9400));
#9403=(CHARACTERIZED_OBJECT(*,*)CHARACTERIZED_REPRESENTATION()DRAUGHTING_MODEL()REPRESENTATION('Side',(#9404,#9310),#CONTEXT));
#9404=CAMERA_MODEL_D3('Camera',#9341,#9345);
#9405=ANNOTATION_TEXT_OCCURRENCE('Old text',(),#9406);
#9406=TEXT_LITERAL('','AP203 TEXT',#9341,'left',.RIGHT.,#9407);
"""


def test_callouts_know_what_they_mean_who_shows_them_and_their_text() -> None:
    callouts = Callouts(ExchangeStructure(as_content(DIMENSIONS, DRAWN)))

    assert callouts.views == (View(9300, 9340, "Top view"),)
    assert callouts.all == (
        Callout(9310, "Size.1", (9311,), (9100,), "", (9300,), 9300),
        Callout(9330, "Text.1", (9331,), (9012,), "DEBURR\nALL #{diameter}±", (9300,), 9300),
    )


def test_an_occurrence_outside_callouts_and_a_view_of_several_types_count_too() -> None:
    callouts = Callouts(ExchangeStructure(as_content(DRAWN, LOOSE)))

    assert [view.name for view in callouts.views] == ["Top view", "Side"]
    by_name = {callout.name: callout for callout in callouts.all}
    assert by_name["Flatness.1"].occurrences == (9400,)
    assert by_name["Flatness.1"].views == (9401,)  # through its annotation plane
    assert by_name["Size.1"].views == (9300, 9403)
    assert by_name["Old text"].text == "AP203 TEXT"


def test_a_file_without_annotations_has_none() -> None:
    callouts = Callouts(ExchangeStructure(as_content()))

    assert (callouts.views, callouts.all) == ((), ())
