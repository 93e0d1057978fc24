"""Questions with one right answer, made by the thousand: to learn from, and to measure what was learned."""
