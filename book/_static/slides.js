// Starts a deck: reveal.js without its scaling (a scaled figure would miss the pointer), MathJax on the slide that is
// shown (in one that is hidden it could not measure), and smaller type where a slide is still too full.
(() => {
  "use strict";

  const here = document.currentScript.src;
  const leastShrink = 0.7;
  const step = 0.05;

  window.MathJax = {
    tex: { inlineMath: [["\\(", "\\)"]], displayMath: [["\\[", "\\]"]] },
    chtml: { matchFontHeight: false },
    options: { enableMenu: false, skipHtmlTags: ["script", "style", "textarea", "pre", "code", "aside"] },
    startup: { typeset: false },
  };

  // the letters of figures grow with the window, as those of the text do
  const unit = Math.min(innerWidth * 0.0125, innerHeight * 0.02222);
  document.documentElement.style.setProperty("--mof-figure-font", (1.05 * unit).toFixed(1));

  function load(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(name, here).href;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${name} is not there`));
      document.head.append(script);
    });
  }

  function isTooFull(slide) {
    const body = slide.querySelector(".slide-body");
    if (!body) return false;
    const last = body.lastElementChild?.getBoundingClientRect();
    const room = slide.getBoundingClientRect().bottom - parseFloat(getComputedStyle(slide).paddingBottom) * 0.5;
    return (last && last.bottom > room) || body.scrollWidth > body.clientWidth + 1;
  }

  function shrink(slide) {
    const body = slide.querySelector(".slide-body");
    if (!body) return;
    let size = 1;
    body.style.setProperty("--shrink", size);
    while (isTooFull(slide) && size - step >= leastShrink) {
      size -= step;
      body.style.setProperty("--shrink", size.toFixed(2));
    }
    slide.dataset.shrink = size.toFixed(2);
  }

  let ready;

  async function prepare(slide) {
    await ready;
    if (!slide.dataset.typeset) {
      slide.dataset.typeset = "yes";
      await window.MathJax.typesetPromise([slide]);
    }
    await document.fonts.ready;
    shrink(slide);
    slide.dataset.ready = "yes";
  }

  const deck = new window.Reveal({
    disableLayout: true,
    center: false,
    display: "flex",
    scrollActivationWidth: 0,
    hash: true,
    slideNumber: "c/t",
    transition: "none",
    plugins: [window.RevealNotes],
  });
  ready = Promise.all([deck.initialize(), load("mathjax/es5/tex-mml-chtml.js").then(() => window.MathJax.startup.promise)]);
  deck.on("slidechanged", (event) => prepare(event.currentSlide));
  ready.then(() => prepare(deck.getCurrentSlide()));
  window.addEventListener("resize", () => shrink(deck.getCurrentSlide()));
  window.mofDeck = deck;

  // after a figure's slider was moved by hand, the arrow keys turn the slides again
  document.addEventListener("pointerup", () => {
    const focused = document.activeElement;
    if (focused?.matches("input[type=range], select, button")) setTimeout(() => focused.blur(), 0);
  });
})();
