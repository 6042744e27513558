"""One module per client. Adding one is copying a neighbour and naming it in `control_plane.connect.catalogue`."""
