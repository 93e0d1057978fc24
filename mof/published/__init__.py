"""The published form: the article's formulas as printed, faults included. For examination, not for use.

Chapters 06, 08 and 09, the lessons behind them and tests import this package; the model, its training and its
writing never do. Each fault is described where it lives, with the name of the sound part. Where the article
prints nothing (norms, widths, the division of the attention) the form is the one computed by the article's
package, xiaothink 1.0.5. Two things are left out: dropout, which has no part in any fault and would blur
every measurement, and the embedding residual `embedded_inputs * embed_q + inputs * (1 - embed_q)`, which the
package comments out.

    attention.py            elu + 1, LinearMultiHeadAttention
    transformer_expert.py   ThoughtSpace, TransformerBlock, TransformerExpert
    recurrent.py            Front, RecurrentExpert, SequenceRouter
    mixture.py              pad_at_end, PublishedMixture

Source: "Xiaothink-T6-mini-Preview", the article on the MoF architecture, sections 创新架构 and 核心技术创新.
"""
