// The search field of the page of errors (book/_extensions/troubleshooting_page.py): what fits comes to be alone.
//
// An error is found by the words that it shares with what was pasted. File names and numbers differ from reader to
// reader; the words of the sentence do not.
(() => {
  "use strict";

  const word = (english) => window.mofWords?.[english] ?? english;
  const smallestShare = 0.6; // of the rare words of an error's text

  function wordsOf(text) {
    return new Set(text.toLowerCase().match(/[\p{L}_]{3,}/gu) ?? []);
  }

  // How well an entry fits. Some words typed: all of them stand in the entry. A whole error pasted: most of the words
  // of the entry's own text stand in what was pasted. Either will do.
  function fit(asked, entry) {
    const inEntry = [...asked].filter((w) => entry.all.has(w)).length / asked.size;
    const inAsked = [...entry.text].filter((w) => asked.has(w)).length / Math.max(1, entry.text.size);
    return Math.max(inEntry === 1 ? 1 : 0, inAsked >= smallestShare ? inAsked : 0);
  }

  function start() {
    const box = document.querySelector(".mof-error-search");
    if (!box) return;
    const field = box.querySelector("textarea");
    const count = box.querySelector(".mof-error-count");
    const entries = [...document.querySelectorAll(".mof-errors > dt")].map((term) => ({
      nodes: [term, term.nextElementSibling],
      text: wordsOf(term.textContent),
      all: wordsOf(`${term.textContent} ${term.nextElementSibling.textContent}`),
    }));
    box.hidden = false;
    field.addEventListener("input", () => {
      const asked = wordsOf(field.value);
      let shown = 0;
      for (const entry of entries) {
        const fits = asked.size === 0 || fit(asked, entry) > 0;
        shown += fits;
        for (const node of entry.nodes) node.hidden = !fits;
      }
      for (const section of document.querySelectorAll(".bd-article section section")) {
        const list = section.querySelector(".mof-errors");
        if (list) section.hidden = ![...list.children].some((node) => !node.hidden);
      }
      const said = shown ? word("{number} of {all} errors fit") : word(
        "Nothing fits. Try fewer words, or report it: see the foot of the page.",
      );
      count.textContent = asked.size ? said.replace("{number}", shown).replace("{all}", entries.length) : "";
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
