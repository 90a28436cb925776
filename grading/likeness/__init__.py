"""Which hand-ins of a class share what was not given to them."""
