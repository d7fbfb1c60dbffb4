"""The commands of `marjaa`, a module each: parse, call a domain function, print."""
