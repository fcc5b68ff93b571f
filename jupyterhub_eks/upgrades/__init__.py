"""What of a deployment is out of support or behind, and in which order it moves. Pure.

Nothing here reads a file, asks AWS or looks at the clock.
"""
