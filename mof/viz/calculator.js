// Moves the calculators of mof/viz/calculator.py, in JupyterLab and in the built book, with no kernel.
// A result is a factor times powers of the inputs; numbers are written as `number_words` writes them.
(() => {
  "use strict";

  const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  function words(number) {
    if (number === 0 || (Math.abs(number) >= 1e-3 && Math.abs(number) < 1e6)) {
      return Number(number.toPrecision(3)).toLocaleString("en-US", { maximumSignificantDigits: 10 });
    }
    const [mantissa, exponent] = number.toExponential(2).split("e");
    const power = [...exponent.replace("+", "")].map((sign) => superscripts[sign] ?? "⁻");
    return `${mantissa} × 10${power.join("")}`;
  }

  function start(root) {
    root.dataset.state = "live";
    const spec = JSON.parse(root.dataset.spec);
    const values = {};
    const compute = () => {
      const found = spec.results.map(({ factor, powers }) =>
        Object.entries(powers).reduce((product, [name, power]) => product * values[name] ** power, factor),
      );
      const largest = {};
      spec.results.forEach(({ group }, i) => {
        largest[group] = Math.max(largest[group] ?? 0, found[i]);
      });
      spec.results.forEach(({ group, unit }, i) => {
        const number = root.querySelector(`[data-result="${i}"]`);
        number.textContent = `${words(found[i])} ${unit}`;
        const bar = number.parentElement.querySelector(".bar");
        if (bar) bar.style.width = `${(100 * found[i]) / largest[group]}%`;
      });
    };
    for (const { name, unit, value, low, high } of spec.inputs) {
      values[name] = value;
      const slider = [...root.querySelectorAll("input")].find((input) => input.name === name);
      const shown = [...root.querySelectorAll("output")].find((output) => output.dataset.input === name);
      slider.addEventListener("input", () => {
        const share = slider.valueAsNumber / spec.steps;
        values[name] = Number((low * (high / low) ** share).toPrecision(3));
        shown.textContent = `${words(values[name])} ${unit}`;
        slider.setAttribute("aria-valuetext", shown.textContent);
        compute();
      });
      slider.setAttribute("aria-valuetext", shown.textContent);
    }
    compute();
  }

  // JupyterLab runs this before the element is in the page
  function find(triesLeft) {
    const waiting = document.querySelectorAll(".mof-calculator:not([data-state])");
    waiting.forEach(start);
    if (!waiting.length && triesLeft) setTimeout(() => find(triesLeft - 1), 100);
  }
  find(50);
})();
