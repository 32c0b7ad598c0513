"""Readers of every format, written from the formats' documents and apart from the encoders.

Each gives a page_model.Page, so that what two formats say can be compared. What is malformed raises ValueError.
"""
