"""Demonstration data, made by calling the services, so that every rule of theirs holds for it."""
