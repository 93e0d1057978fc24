"""Judge a trained run on real text: bits per byte against a 5-gram, the quality of its continuations, a chat,
the router.

    python benchmarks/judge_run.py --run runs/hour --chat-run runs/chat --output judged.json

The baseline, an interpolated Kneser-Ney character 5-gram, is trained twice: on exactly the text that the run
has read, each of it once however often it was read, and on all of its training text. A run that learned from
conversations is refused: the 5-gram knows no turns. Continuations start from the first characters of held-out
documents, taken in the order of the corpus, none left out; statistics of real text are those of the same
documents' own continuations. The result is a JSON file with the command, the date and the machine. An
hour-long run takes about ten minutes and 4 GB.
"""

import argparse
import datetime
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # measure the package this file came with

from benchmarks.stored_results import write_results
from mof.corpus.packing import StreamBatches
from mof.corpus.reading import read_documents
from mof.corpus.splitting import is_validation
from mof.evaluation.held_out import HeldOutEvaluation
from mof.evaluation.ngram_baseline import NgramModel
from mof.evaluation.student_t import t_quantile
from mof.evaluation.text_index import TextIndex
from mof.evaluation.text_statistics import longest_copied_run, mean_repetition_rate, share_of_known_ngrams
from mof.generation.chat import ChatSession
from mof.generation.config import GenerationConfig
from mof.generation.decoding import TextGenerator
from mof.generation.reading import StateReader
from mof.tokenizer.special_tokens import DOCUMENT
from mof.training.assembly import open_cache
from mof.training.conditions import bit_identity_conditions
from mof.training.run_folder import RunFolder
from mof.training.saved_model import load_model

NUM_CONTINUATIONS, NUM_SHOWN = 200, 20
SAMPLINGS = (
    {"temperature": 0.8, "repetition_penalty": 1.0},  # the defaults of `mof generate`
    {"temperature": 0.5, "repetition_penalty": 1.0},
    {"temperature": 0.8, "repetition_penalty": 1.1},
    {"temperature": 0.5, "repetition_penalty": 1.1},
)
PROMPT_CHARACTERS, MEASURED_CHARACTERS = 32, 120
CHAT_TURNS = (
    "你好,你是谁?",
    "“画蛇添足”是什么意思?",
    "请用一句话介绍一下长城。",
    "我最近总是睡不好,怎么办?",
    "把下面的话翻译成现代汉语:学而时习之,不亦说乎?",
    "怎样煮米饭?",
    "什么是操作系统?",
    "写一句关于秋天的诗。",
    "三加五等于几?",
    "谢谢你,再见。",
)


def text_read(run, split, num_tokens):
    """The texts that a run has read so far, whole or cut, decoded from its own stream of tokens.

    After more than one epoch that is the first epoch's text: text that comes twice would be taken by a 5-gram
    for text that is twice as frequent, and leave it nothing that it saw once.

    Args:
        run: RunFolder. split: CacheSplit of its training text, without conversations.
        num_tokens: that it has read, of all streams together.

    Returns:
        list of str.
    """
    config, tokenizer = run.training_config, run.tokenizer()
    batches = StreamBatches(split, config.num_streams, config.seed)
    lanes = [[] for _ in range(config.num_streams)]
    texts = []
    left = min(num_tokens, batches.num_tokens_per_epoch) // config.num_streams  # of each stream
    while left:
        batch = batches.next_batch(min(4096, left))
        left -= batch.token_ids.shape[1]
        for lane, ids, resets in zip(lanes, batch.token_ids, batch.resets, strict=True):
            for piece in np.split(ids, np.flatnonzero(resets)):
                if len(piece) and piece[0] == DOCUMENT and lane:
                    texts.append(tokenizer.decode(np.concatenate(lane)))
                    lane.clear()
                lane.append(piece)
    texts += [tokenizer.decode(np.concatenate(lane)) for lane in lanes if lane]
    return [text for text in texts if text]


def judge_text(model, cache, texts, validation_texts, train_texts):
    """Bits per byte of the run's model and of the two baselines."""
    held_out = HeldOutEvaluation(model, cache.validation)()
    read = NgramModel.train(iter(texts), 5)
    result = {
        "model": held_out.bits_per_byte,
        "five_gram_on_text_read": read.bits_per_byte(validation_texts),
        "characters_read": sum(map(len, texts)),
        "nats_by_position": held_out.nats_by_position.tolist(),
        "position_block": held_out.position_block,
        "route_weights": held_out.route_weights.tolist(),
    }
    del read
    every = NgramModel.train(iter(train_texts), 5)
    result["five_gram_on_all_training_text"] = every.bits_per_byte(validation_texts)
    result["characters_in_all_training_text"] = cache.train.num_characters
    return result


def judge_continuations(generator, validation_texts, index, sampling):
    """Continuations of held-out beginnings, and their statistics beside those of the real continuations."""
    long_enough = [t for t in validation_texts if len(t) >= PROMPT_CHARACTERS + MEASURED_CHARACTERS]
    chosen = long_enough[:NUM_CONTINUATIONS]
    prompts = [text[:PROMPT_CHARACTERS] for text in chosen]
    config = GenerationConfig(max_tokens=MEASURED_CHARACTERS, seed=0, **sampling)
    results = generator.generate(prompts, config, open_end=True)
    written = [result.text[:MEASURED_CHARACTERS] for result in results]  # a token may be several characters
    real = [text[PROMPT_CHARACTERS : PROMPT_CHARACTERS + MEASURED_CHARACTERS] for text in chosen]
    figures = {**sampling, "num_texts": len(written)}
    for name, texts in (("written", written), ("real", real)):
        texts = [text for text in texts if len(text) >= 8]
        runs = [longest_copied_run(text, index).num_characters for text in texts]
        lengths = min(60, int(np.median([len(text) for text in texts])))
        figures[name] = {
            "share_of_known_3_grams": share_of_known_ngrams(texts, index),
            "repetition_rate_4_grams": mean_repetition_rate([t for t in texts if len(t) >= lengths], lengths),
            "repetition_characters": lengths,
            "longest_copied_run": max(runs),
            "median_copied_run": float(np.median(runs)),
        }
    for prompt, text in zip(prompts[:NUM_SHOWN], written[:NUM_SHOWN], strict=True):
        print(f"{sampling} {prompt!r} -> {text!r}")  # the beginnings are the corpus's: shown, not stored
    return figures, written[:NUM_SHOWN]


def router_table(model, tokenizer, documents_by_source):
    """Mean weight of each expert by source of the text, with a 95% interval over documents (Student's t)."""
    from mof.corpus.conversation import encode_document
    from mof.execution import as_graph

    graph = as_graph(model, model.features)
    table = {}
    for source, texts in sorted(documents_by_source.items()):
        means = []
        for text in texts[:40]:
            ids = np.zeros((1, 256), "int32")
            mask = np.zeros((1, 256), bool)
            tokens = encode_document(text, tokenizer)[:256]
            ids[0, : len(tokens)], mask[0, : len(tokens)] = tokens, True
            output, _ = graph(ids, model.initial_state(1), None, mask)
            means.append(np.asarray(output.route_weights)[0, : len(tokens)].mean(axis=0))
        means = np.array(means)
        half = None  # of one document there is none
        if len(means) > 1:
            half = (t_quantile(len(means) - 1) * means.std(axis=0, ddof=1) / len(means) ** 0.5).tolist()
        table[source] = {"documents": len(means), "mean": means.mean(0).tolist(), "half_interval": half}
    return table


def open_run(path):
    """A run's model, tokenizer, folder and token cache, of one checkpoint and the text that it read.

    Raises:
        SystemExit: part of the text are conversations. RunError, CheckpointError, OtherTextError: the run
            cannot be judged; the message says why.
    """
    run = RunFolder(path)
    checkpoint = run.newest_checkpoint(parts=("weights",))
    model, tokenizer, _ = load_model(path, checkpoint=checkpoint)
    cursor = checkpoint.state.get("cursor")
    cache = open_cache(run, tokenizer, expected_fingerprint=cursor and cursor["fingerprint"])
    if cache.train.loss_flags is not None or cache.validation.loss_flags is not None:
        raise SystemExit(
            f"{path} learned from conversations, and a 5-gram of characters knows no turns: judge a run that "
            "read texts alone, or this one by `mof evaluate`."
        )
    return model, tokenizer, run, cache


def check_output(path):
    """Refuse a file that cannot be written, before the work and not after it."""
    if path.is_dir():
        raise SystemExit(f"--output {path} is a folder: name a file in it.")
    if not path.resolve().parent.is_dir():
        raise SystemExit(f"the folder of --output {path} does not exist: make it, or name another file.")


def main():
    """Parse, judge, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", required=True, help="folder of the pre-trained run")
    parser.add_argument("--chat-run", help="folder of the run fine-tuned on dialogues")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    check_output(options.output)
    chat = load_model(options.chat_run) if options.chat_run else None
    model, tokenizer, run, cache = open_run(options.run)
    log = run.read_log()
    fraction = run.facts["validation_fraction"]
    train_texts, validation_texts, by_source = [], [], {}
    for document in read_documents(run.find_corpus()):
        held_out = is_validation(document, fraction)
        (validation_texts if held_out else train_texts).append(document.text)
        if held_out:
            by_source.setdefault(document.source.split(":")[0].split("#")[0], []).append(document.text)
    num_tokens = max(entry.get("tokens", 0) for entry in log)
    texts = text_read(run, cache.train, num_tokens)
    result = {
        "command": "python benchmarks/judge_run.py "
        + " ".join(Path(a).name if "/" in a else a for a in sys.argv[1:]),
        "date": datetime.date.today().isoformat(),
        "machine": bit_identity_conditions(),
        "preset": run.facts["preset"],
        "parameters": model.num_parameters(),
        "tokens_read": num_tokens,
        "training_seconds": max(entry.get("seconds", 0.0) for entry in log),
        "evaluations": [entry for entry in log if entry.get("event") == "evaluation"],
        "bits_per_byte": judge_text(model, cache, texts, validation_texts, train_texts),
    }
    index = TextIndex(train_texts)  # real text is measured against it too: new text has new 3-grams
    generator = TextGenerator(StateReader(model), tokenizer)
    result["continuations"] = []
    for sampling in SAMPLINGS:
        figures, shown = judge_continuations(generator, validation_texts, index, sampling)
        result["continuations"].append({**figures, "first_twenty": shown})
    result["router_by_source"] = router_table(model, tokenizer, by_source)
    if chat:
        chat_model, chat_tokenizer, _ = chat
        chat_generator = TextGenerator(StateReader(chat_model), chat_tokenizer)
        result["chat"] = []
        for turn, question in enumerate(CHAT_TURNS):
            session = ChatSession(
                chat_generator, GenerationConfig(max_tokens=120, temperature=0.5, seed=turn)
            )
            result["chat"].append({"user": question, "assistant": "".join(session.reply(question))})
    write_results(options.output, result)
    print(f"wrote {options.output}")


if __name__ == "__main__":
    main()
