"""Search for English and Chinese in one index.

Sphinx's own Chinese search cuts by a dictionary that comes as source code only, and cuts the question by
another rule than the text. Here a run of Chinese is indexed as all its single characters and pairs, and a
question is cut into pairs that must all be on the page. English words are stemmed as usual.
"""

import re

from sphinx.search.en import SearchEnglish

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # unified ideographs, and what looks like them
WORDS = re.compile(rf"[{HAN}]+|[^\W{HAN}]+")


class SearchEnglishAndChinese(SearchEnglish):
    """English words by their stems, Chinese by single characters and pairs."""

    lang = "en_zh"
    language_name = "English and Chinese"
    # Words and runs of Chinese as in WORDS above; of a run its pairs alone: single characters add nothing.
    js_splitter_code = r"""
var splitQuery = (query) => {
  const terms = [];
  for (const run of query.match(/[HAN]+|(?:(?![HAN])[\p{L}\p{M}\p{N}_])+/gu) || []) {
    if (!/^[HAN]/.test(run) || run.length === 1) terms.push(run);
    else for (let i = 0; i + 1 < run.length; i++) terms.push(run.slice(i, i + 2));
  }
  return terms;
};
""".replace("HAN", HAN)

    def split(self, input: str) -> list[str]:
        return [term for run in WORDS.findall(input) for term in terms_of(run)]

    def word_filter(self, word: str) -> bool:
        return bool(word) and (is_chinese(word) or super().word_filter(word))


def is_chinese(word: str) -> bool:
    return re.match(rf"[{HAN}]", word) is not None


def terms_of(run: str) -> list[str]:
    """A word as itself; a run of Chinese as its characters and its pairs."""
    if not is_chinese(run):
        return [run]
    return [*run, *(run[i : i + 2] for i in range(len(run) - 1))]
