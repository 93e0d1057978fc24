"""Four forms of the thought space: none, one without a mean, the package's, and the article's, which leaks.
Chapter 06.

The chapter trains three of them for half a minute; `benchmarks/thought_forms.py` trains all four for ten
minutes with three seeds each.
"""

from mof.lessons.form_results import settings_of

# one Transformer expert and nothing else, so that no other part can make up for its thought space
ALONE = {"experts": ("transformer",)}

NONE, TOKEN, OURS, LEAKING = (
    "no thought space",
    "the token alone",
    "running mean (ours)",
    "mean of the row (leaks)",
)
FORMS = {NONE: {"thought_width": 0}, TOKEN: {}, OURS: {}, LEAKING: {}}


def form_settings(form):
    """ModelConfig fields of a model with that thought space and no other expert; see `settings_of`."""
    return settings_of(form, FORMS, ALONE)


def form_model(form, config, seed):
    """The untrained model of that form.

    Args:
        form: a name in FORMS. config: ModelConfig with `form_settings(form)`. seed: int.

    Returns:
        MixtureLanguageModel.
    """
    from mof.experts.transformer_expert import TransformerExpert
    from mof.lessons.leaking_thought import RowMeanExpert, TokenExpert, make_model

    classes = {LEAKING: RowMeanExpert, TOKEN: TokenExpert}
    return make_model(config, seed, classes.get(form, TransformerExpert))


def train_form(form, seconds=25.0, seed=0, **settings):
    """A short training of one form.

    Args:
        form: a name in FORMS. seconds, seed: see `mof.lessons.short_run.short_run`; settings: more of it.

    Returns:
        ShortRun.

    Raises:
        ValueError: for another name.
    """
    from mof.lessons.short_run import short_run

    changes = {**form_settings(form), **settings}
    return short_run(
        form, seconds, seed=seed, make_model=lambda config, seed: form_model(form, config, seed), **changes
    )
