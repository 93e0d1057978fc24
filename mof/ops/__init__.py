"""Pure mathematics, no weights: each memory as a definition (a loop over time) and a fast form that equals
it."""
