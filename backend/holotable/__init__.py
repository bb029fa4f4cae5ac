"""Holotable: self-hosted design review, from CAD file to shared decision."""
