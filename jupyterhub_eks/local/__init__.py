"""The embedded AWS: its server process, the layer that fills gaps, its supervision."""
