from dataclasses import replace

import numpy as np
from cad_files import box
from exact_shapes import exact_of

from holotable.review.exact import CURVE, LINE, PLANE, SURFACE, ExactPart


def test_exact_parts_are_equal_when_every_number_is() -> None:
    one, same = exact_of(box(1, 2, 3)), exact_of(box(1, 2, 3))
    moved = replace(one, vertices=one.vertices + 1e-12)

    assert one == same
    assert one != moved
    assert one != "something else"


def test_columns_have_the_shapes_that_are_promised() -> None:
    exact = exact_of(box(1, 2, 3))
    edges, faces = len(exact.edge_kinds), len(exact.face_kinds)

    assert (len(exact.vertices), edges, faces) == (8, 12, 6)
    assert exact.edge_vertices.shape == (edges, 2)
    assert exact.edge_parameters.shape == (edges, 13)
    assert exact.face_parameters.shape == (faces, 12)
    assert exact.edge_starts.shape == (edges + 1,)
    assert exact.face_edge_starts[-1] == len(exact.face_edges) == 24
    assert exact.body_inertias.shape == (1, 3, 3)
    assert {name for name in ExactPart.__slots__ if getattr(exact, name) is None} == set()


def test_kinds_keep_their_numbers() -> None:
    assert (LINE, CURVE, PLANE, SURFACE) == (0, 3, 0, 5)
    assert np.iinfo(exact_of(box(1, 1, 1)).face_kinds.dtype).max == 255
