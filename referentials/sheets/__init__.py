"""How the bytes of a sheet become rows of text; `referentials.tables` is the door to it."""
