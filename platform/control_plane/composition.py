"""The composition root: the one file that joins the runtime with the domain's implementations of its ports."""
