// What ipywidgets need in a page of this book.
(() => {
  "use strict";

  // Their script looks for its fonts where require.js would look for it. (This runs before require.js.)
  window.requirejs = { baseUrl: new URL("widgets/", document.currentScript.src).href };

  // They ask for mathematics by a call of MathJax 2, MathJax.Hub.Queue. The book has MathJax 3, which also loads
  // later than they do: this answers the call once MathJax is there.
  const asked = [];
  const Hub = {
    Queue(...calls) {
      for (const call of calls) if (Array.isArray(call) && call[0] === "Typeset") asked.push(call[2]);
      typeset();
    },
  };

  // Widgets write $...$; the pages, where a dollar may be a dollar, know \(...\) alone.
  function mark(element) {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      const marked = text.data
        .replace(/\$\$([^$]+)\$\$/g, "\\[$1\\]")
        .replace(/\$([^$\s][^$]*)\$/g, "\\($1\\)");
      if (marked !== text.data) text.data = marked;
    }
    element.classList.add("mathjax_process");
  }

  function typeset() {
    const mathjax = window.MathJax;
    if (!mathjax?.typesetPromise || !asked.length) return;
    const elements = asked.splice(0).filter(Boolean);
    elements.forEach(mark);
    mathjax.startup.promise = mathjax.startup.promise.then(() => mathjax.typesetPromise(elements));
  }

  const timer = setInterval(() => {
    const mathjax = window.MathJax; // first the settings, later MathJax itself in their place
    if (!mathjax) return;
    mathjax.Hub ??= Hub;
    if (!mathjax.typesetPromise) return;
    clearInterval(timer);
    typeset();
  }, 50);
  document.addEventListener("DOMContentLoaded", () => {
    if (window.MathJax) window.MathJax.Hub ??= Hub;
    setTimeout(() => window.MathJax ?? clearInterval(timer), 20000); // a page without mathematics
  });
})();
