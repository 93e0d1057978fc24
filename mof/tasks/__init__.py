"""Questions with one right answer, made by the thousand: text to learn from, and a measure of "
"what was learned."""
