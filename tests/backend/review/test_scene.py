"""Frames and ids of scenes."""

import numpy as np

from holotable.review.scene import Z_UP_TO_Y_UP, occurrence_id


def test_z_up_becomes_y_up_and_stays_right_handed() -> None:
    turned = Z_UP_TO_Y_UP @ np.array([1.0, 2.0, 3.0, 1.0])
    assert turned.tolist() == [1.0, 3.0, -2.0, 1.0]
    assert np.linalg.det(Z_UP_TO_Y_UP[:3, :3]) == 1.0


def test_an_id_is_the_same_for_the_same_path_and_differs_for_any_other() -> None:
    ids = {
        occurrence_id(path)
        for path in (("Skid",), ("Skid", "Bolt#0"), ("Skid", "Bolt#1"), ("Skid#Bolt", "0"))
    }
    assert len(ids) == 4
    assert occurrence_id(("Skid", "Bolt#0")) == occurrence_id(("Skid", "Bolt#0"))


def test_the_namespace_of_ids_never_changes() -> None:
    assert str(occurrence_id(("Skid",))) == "8e26fde3-9add-5a3a-8152-7a2ec7774c5c"
