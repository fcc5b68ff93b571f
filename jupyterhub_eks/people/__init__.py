"""Who is to be let in: lists of people, what is left to do for them, and what was done. Pure."""
