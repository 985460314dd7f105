"""How each kind of annotation looks: one kind a file, each dressing a plain path item."""
