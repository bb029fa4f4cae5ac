"""Rows, blobs and jobs: everything durable."""
