"""Whole stories, as programs outside see them: signed webhooks in, texts and the API out."""
