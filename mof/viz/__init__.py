"""Figures: arrays in, plotly figure out. Nothing here computes what it shows."""
