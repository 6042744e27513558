"""How Django writes values in templates."""
