"""Reading. A selector runs in the scope that its caller opened, unless its file says otherwise."""
