"""Correspondences between referentials: read, checked, turned round, put together, published (XKOS)."""
