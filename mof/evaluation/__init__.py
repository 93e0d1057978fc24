"""Judging a model: bits per byte, loss by position, router weights, text statistics, baselines."""
