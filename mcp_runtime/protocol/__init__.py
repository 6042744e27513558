"""The specification's own vocabulary: messages, versions, mirrored headers. Leaf modules, used from every layer."""
