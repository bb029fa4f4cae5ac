"""A searchable model out of the two documents of a package."""

from typing import Any

import numpy as np

from holotable.delivery import Structure
from holotable.review.part_search import PartSearch
from holotable.review.property_columns import PropertyColumns


def part_search(structure: dict[str, Any], properties: dict[str, Any] | None = None) -> PartSearch:
    columns = Structure(structure).columns()
    return PartSearch(columns, PropertyColumns(properties or {}, np.array(columns.part)))
