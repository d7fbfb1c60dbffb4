"""The locks under which is published."""

from registry.locks import file_lock

__all__ = ["file_lock"]
