"""What `mof quickstart` shows of a model: three continuations, and the router's weights over a sentence."""

from rich.console import Console
from rich.text import Text

from mof.cli.router_view import print_route_weights
from mof.generation.config import GenerationConfig
from mof.generation.decoding import TextGenerator
from mof.generation.reading import StateReader

PROMPTS = {"春天来了，": "Spring has come,", "我问妈妈：": "I asked mother:", "从前": "Once upon a time"}
ROUTER_SENTENCE = "妹妹把三个苹果放在桌子上，又拿走了一个。"
ROUTER_SENTENCE_ENGLISH = "Sister put three apples on the table and took one away."
SAMPLE_CONFIG = GenerationConfig(max_tokens=60, temperature=0.7)


class QuickstartView:
    """Shows one model as it is at each call.

    Args:
        model: MixtureLanguageModel. tokenizer: its Tokenizer.
        console: rich Console, or None for the standard output.
    """

    def __init__(self, model, tokenizer, console=None):
        self.model, self.tokenizer = model, tokenizer
        self.console = console or Console(highlight=False)
        self.generator = TextGenerator(StateReader(model), tokenizer, max_rows=len(PROMPTS))
        self._is_prepared = False

    def show_samples(self, title):
        """Print how the model goes on after each prompt."""
        if not self._is_prepared:
            self.console.print("Preparing to write takes some seconds.", soft_wrap=True)
            self._is_prepared = True
            glosses = " · ".join(f"{prompt} ({english})" for prompt, english in PROMPTS.items())
            self.console.print(f"It will go on from: {glosses}", markup=False, soft_wrap=True)
        texts = self.generator.generate(list(PROMPTS), SAMPLE_CONFIG)
        self.console.print(Text(f"\n{title}", "bold"), soft_wrap=True)
        for prompt, text in zip(PROMPTS, texts, strict=True):
            written = " ".join(text.text.split())
            self.console.print(Text("  ").append(prompt, "bold").append(written), soft_wrap=True)
        self.console.print()

    def show_router(self):
        """Print the router's weights over one sentence."""
        self.console.print(Text("Which expert the router trusts, token by token:", "bold"))
        self.console.print(Text(f"  {ROUTER_SENTENCE} ({ROUTER_SENTENCE_ENGLISH})"), soft_wrap=True)
        print_route_weights(self.console, self.model, self.tokenizer, ROUTER_SENTENCE)
