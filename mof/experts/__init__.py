"""Whole-sequence experts: the recurrent one and the linear-attention Transformer, behind one interface."""
