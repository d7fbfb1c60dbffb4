"""Nomenclatures that are published from somebody else's file, as a description of the file says.

A description is a TOML file: what `seeds/catalogue.toml` says of a referential and of one version of it, and
in `[file]` where its levels stand. Those in this folder are known by the names of their files.
"""
