"""The published form: the formulas of the article on MoF as printed, faults included. For examination, not for use.

Only the chapter that examines them and tests/test_published_form.py import this package. Each fault is described where
it lives, with the name of the sound part. Where the article prints nothing (norms, widths, the division of the
attention) the form is the one computed by the article's package, xiaothink 1.0.5. Dropout is left out: it has no part
in any fault and would blur every measurement. So is the blend `embedded * q + inputs * (1 - q)`, which the package
comments out: its one recurrent layer reads the embedding itself, so the blend would change nothing.

    attention.py            elu + 1, LinearMultiHeadAttention
    transformer_expert.py   ThoughtSpace, TransformerBlock, TransformerExpert
    recurrent.py            Front, RecurrentExpert, SequenceRouter
    mixture.py              pad_at_end, PublishedMixture

Source: "Xiaothink-T6-mini-Preview", the article on the MoF architecture, sections 创新架构 and 核心技术创新.
"""
