"""What the components of templates/components are written with."""
