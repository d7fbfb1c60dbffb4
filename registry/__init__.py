"""Hosts, governs and serves referentials."""
