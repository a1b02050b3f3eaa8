"""Demonstration data, made through the services, never around them."""
