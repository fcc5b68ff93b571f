"""Typer and Rich live only here: commands, live tree, error boundary, wiring."""
