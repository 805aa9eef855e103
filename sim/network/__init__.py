"""Who hears whom: layers of ties, read from edge files or drawn."""
