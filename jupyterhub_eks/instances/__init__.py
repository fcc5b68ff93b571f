"""Facts about EC2 instance types: what they have, where they are offered, what they cost.

``catalog`` answers; ``data/`` is what it knows, ``refresh`` asks AWS for what is newer.
"""
