// The moving picture of the cover: a trained model reads a sentence, token by token (book/_extensions/cover_page.py).
//
// Every number is in the page already. The script shows the state after one token at a time. It starts by itself when
// the picture comes into view, unless the reader wants no motion, and stops at the end of the sentence.
(() => {
  "use strict";

  const word = (english) => window.mofWords?.[english] ?? english;
  const stepMilliseconds = 1100;
  const percent = (share) => `${Math.round(100 * share)}%`;

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function expects(place, token, following) {
    const list = element("ol");
    for (const [text, share] of token.next) {
      const row = element("li");
      const bar = element("i");
      bar.style.setProperty("--share", `${100 * share}%`);
      row.append(element("b", text || "·", { lang: "zh-CN" }), bar, element("span", percent(share)));
      if (following && text === following.text) row.className = "mof-hit";
      list.append(row);
    }
    const comes = element("p", following ? `${word("and there comes")} ` : word("the end"));
    if (following) comes.append(element("b", following.text, { lang: "zh-CN" }));
    place.replaceChildren(element("strong", word("expects next")), list, comes);
  }

  function prepare(figure) {
    const { tokens } = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const chips = [...figure.querySelectorAll(".mof-token")];
    const shares = [...figure.querySelectorAll(".mof-split span")];
    const slider = figure.querySelector("input[type=range]");
    const button = figure.querySelector(".mof-play");
    let timer = null;

    function show(index) {
      const token = tokens[index];
      chips.forEach((chip, i) => {
        chip.classList.toggle("mof-read", i <= index);
        chip.classList.toggle("mof-now", i === index);
      });
      shares.forEach((span, i) => {
        span.style.width = `${100 * token.weights[i]}%`;
        span.textContent = percent(token.weights[i]);
      });
      expects(figure.querySelector(".mof-expects"), token, tokens[index + 1]);
      slider.value = index;
      slider.setAttribute("aria-valuetext", token.text);
      figure.dataset.step = index;
    }

    function stop() {
      clearInterval(timer);
      timer = null;
      button.textContent = word("Read");
      button.setAttribute("aria-pressed", "false");
    }

    function play() {
      if (slider.valueAsNumber >= tokens.length - 1) show(0);
      button.textContent = word("Pause");
      button.setAttribute("aria-pressed", "true");
      timer = setInterval(() => {
        if (document.hidden) return;
        show(slider.valueAsNumber + 1);
        if (slider.valueAsNumber >= tokens.length - 1) stop();
      }, stepMilliseconds);
    }

    button.addEventListener("click", () => (timer === null ? play() : stop()));
    slider.addEventListener("input", () => {
      if (timer !== null) stop();
      show(slider.valueAsNumber);
    });
    chips.forEach((chip, i) => chip.addEventListener("click", () => {
      if (timer !== null) stop();
      show(i);
    }));
    figure.querySelector(".mof-control").hidden = false;
    figure.classList.add("mof-moves");
    show(tokens.length - 1);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      if (timer === null) play();
    }, { threshold: 0.4 });
    near.observe(figure);
  }

  function start() {
    document.querySelectorAll(".mof-reading").forEach(prepare);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
