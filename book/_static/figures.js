// Draws the figures of the chapters (mof/viz/notebook_figures.py) with no kernel and no other host.
//
// A page without figures loads nothing. plotly is loaded when the first figure comes near the view. Titles,
// sliders, buttons and menus become elements of the page: they wrap on a phone, work from the keyboard, and
// follow light and dark mode, as the figure itself does.
(() => {
  "use strict";

  const plotlyAddress = new URL("plotly.min.js", document.currentScript.src).href;
  const narrowPixels = 520;
  const topPixels = 24;
  const word = (english) => window.mofWords?.[english] ?? english; // see book/_extensions/interface_words.py
  let plotlyPromise = null;

  function loadPlotly() {
    plotlyPromise ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = plotlyAddress;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => reject(new Error("plotly.min.js is not there"));
      document.head.append(script);
    });
    return plotlyPromise;
  }

  // Colours that have contrast on both grounds; blue and orange are those of the experts in the text.
  const colourways = {
    light: ["#2563eb", "#c2570c", "#15803d", "#9333ea", "#be123c", "#0e7490", "#4d5763"],
    dark: ["#6ea2ff", "#f59a56", "#4fc878", "#c79bff", "#ff8095", "#4cc4dc", "#b3bdc9"],
  };

  function themeName() {
    return document.documentElement.dataset.theme === "dark" ? "dark" : "light";
  }

  function themeTemplate() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const ink = colour("--mof-ink");
    const line = colour("--mof-line");
    const ground = colour("--mof-ground");
    const axis = {
      gridcolor: line, zerolinecolor: line, linecolor: line, tickcolor: line, automargin: true,
      color: ink,
    };
    const solid = { ...axis, backgroundcolor: ground, showbackground: true };
    return {
      layout: {
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        font: { color: ink, family: colour("--mof-font"), size: parseFloat(colour("--mof-figure-font")) || 14 },
        colorway: colourways[themeName()],
        xaxis: axis,
        yaxis: axis,
        scene: { xaxis: solid, yaxis: solid, zaxis: solid },
        polar: { bgcolor: "rgba(0,0,0,0)", angularaxis: axis, radialaxis: axis },
        hoverlabel: { bgcolor: ground, bordercolor: line, font: { color: ink } },
        annotationdefaults: { font: { color: ink }, arrowcolor: ink },
        modebar: { bgcolor: "rgba(0,0,0,0)", color: line, activecolor: ink },
      },
    };
  }

  function isPlain(value) {
    return value !== null && typeof value === "object" && !Array.isArray(value);
  }

  function merged(below, above) {
    const result = { ...below };
    for (const [name, value] of Object.entries(above)) {
      result[name] = isPlain(value) && isPlain(result[name]) ? merged(result[name], value) : value;
    }
    return result;
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // What a step of a slider or a button does; durations are nothing for who wants no motion.
  function perform(plot, { method, args }) {
    if (!method || method === "skip") return;
    let given = structuredClone(args ?? []);
    if (method === "animate" && matchMedia("(prefers-reduced-motion: reduce)").matches) {
      const still = { frame: { duration: 0 }, transition: { duration: 0 } };
      given = [given[0] ?? null, merged(given[1] ?? {}, still)];
    }
    Promise.resolve(window.Plotly[method](plot, ...given)).catch(() => {}); // a newer step took over
  }

  function addSlider(figure, plot, slider) {
    const steps = (slider.steps ?? []).filter((step) => step.visible !== false);
    if (!steps.length) return;
    const current = slider.currentvalue ?? {};
    const name = (i) => steps[i].label ?? steps[i].value ?? String(i);
    const row = element("label", "mof-control");
    const prefix = (current.prefix ?? "").trim();
    const words = element("span", "mof-control-words");
    const input = element("input");
    Object.assign(input, { type: "range", min: 0, max: steps.length - 1, step: 1, value: slider.active ?? 0 });
    input.setAttribute("aria-label", prefix.replace(/[:=\s]+$/, "") || word("Slider of the figure"));
    const say = () => {
      const value = `${prefix} ${name(input.valueAsNumber)}${current.suffix ?? ""}`.trim();
      words.textContent = value;
      input.setAttribute("aria-valuetext", value);
    };
    let waiting = false;
    input.addEventListener("input", () => {
      say();
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        perform(plot, steps[input.valueAsNumber]);
      });
    });
    plot.on("plotly_animatingframe", (event) => {
      const found = steps.findIndex((step) => step.args?.[0]?.[0] === event.name);
      if (found >= 0 && document.activeElement !== input) {
        input.value = found;
        say();
      }
    });
    say();
    row.append(words, input);
    figure.append(row);
  }

  function addMenu(figure, plot, menu) {
    const buttons = (menu.buttons ?? []).filter((button) => button.visible !== false);
    const row = element("div", "mof-control mof-buttons");
    if (menu.type === "buttons") {
      for (const button of buttons) {
        const made = element("button", "mof-button", button.label ?? "");
        made.type = "button";
        made.addEventListener("click", () => perform(plot, button));
        row.append(made);
      }
    } else {
      const select = element("select", "mof-button");
      select.setAttribute("aria-label", word("Choose what the figure shows"));
      for (const button of buttons) select.append(element("option", "", button.label ?? ""));
      select.selectedIndex = menu.active ?? 0;
      select.addEventListener("change", () => perform(plot, buttons[select.selectedIndex]));
      row.append(select);
    }
    figure.append(row);
  }

  // A title goes to the page, where it wraps. A frame or a step may set a new one at any time.
  function liftTitle(title, plot) {
    const text = plot.layout.title?.text;
    if (!text) return;
    title.innerHTML = text;
    window.Plotly.relayout(plot, { "title.text": "" });
  }

  function linesOf(text, most) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (lines.at(-1) && longer.length > most) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  }

  // The title of an axis stands in the middle of it, on one line: on a phone its ends may be cut off. It breaks
  // at spaces into lines that fit, and keeps those when the window grows again.
  function breakAxisTitles(plot) {
    const room = plot.getBoundingClientRect();
    const broken = {};
    for (const name of Object.keys(plot.layout).filter((key) => /^xaxis\d*$/.test(key))) {
      const text = plot.layout[name].title?.text;
      const box = plot.querySelector(`text.${name.replace("axis", "")}title`)?.getBoundingClientRect();
      if (!text || !box?.width || (box.left >= room.left && box.right <= room.right)) continue;
      const middle = (box.left + box.right) / 2;
      const share = (2 * Math.min(middle - room.left, room.right - middle)) / box.width;
      const most = Math.floor(share * Math.max(...text.split("<br>").map((line) => line.length)));
      const words = text.replaceAll("<br>", " ");
      const number = linesOf(words, most).length;
      let even = Math.ceil(words.length / number); // characters: lines of about one length look better
      while (even < most && linesOf(words, even).length > number) even += 1;
      const lines = linesOf(words, even).join("<br>");
      if (lines !== text) broken[`${name}.title.text`] = lines;
    }
    if (Object.keys(broken).length) window.Plotly.relayout(plot, broken);
  }

  async function draw(figure) {
    if (figure.dataset.state) return;
    figure.dataset.state = "loading";
    const given = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const plot = figure.querySelector(".mof-figure-plot");
    let plotly;
    try {
      plotly = await loadPlotly();
    } catch (error) {
      plot.textContent = word("The figure could not be drawn: plotly.min.js is missing from the site.");
      figure.dataset.state = "failed";
      return;
    }
    const ownTemplate = given.layout?.template ?? {};
    const sliders = (given.layout?.sliders ?? []).filter((slider) => slider.visible !== false);
    const menus = (given.layout?.updatemenus ?? []).filter((menu) => menu.visible !== false);
    const isNarrow = plot.clientWidth < narrowPixels;
    const layout = {
      ...given.layout,
      template: merged(ownTemplate, themeTemplate()),
      autosize: true,
    };
    // the element has the height, and plotly fills it: so it does again after every change of the window
    let height = layout.height ?? 420;
    if (layout.title?.yref === "container" && layout.margin?.t) {
      height -= layout.margin.t - topPixels; // its upper margin is the title's, and that goes to the page
      delete layout.margin;
    }
    plot.style.height = `${Math.min(height, isNarrow ? 400 : 640)}px`;
    for (const replaced of ["width", "height", "sliders", "updatemenus"]) delete layout[replaced];
    const title = element("p", "mof-figure-title");
    title.innerHTML = layout.title?.text ?? "";
    layout.title = { ...layout.title, text: "" };
    layout.margin ??= { l: 56, r: isNarrow ? 12 : 24, t: topPixels, b: 48 };
    if (isNarrow) layout.legend = { orientation: "h", y: -0.25, ...layout.legend };
    const isTouched = matchMedia("(pointer: coarse)").matches;
    if (isTouched) layout.dragmode ??= false; // a finger scrolls the page
    plot.before(title);
    await plotly.newPlot(plot, {
      data: given.data,
      layout,
      frames: given.frames ?? [],
      config: {
        responsive: true,
        displaylogo: false,
        displayModeBar: isTouched ? false : "hover", // on a small screen it would lie over the legend
        modeBarButtonsToRemove: ["lasso2d", "select2d"],
      },
    });
    plot.on("plotly_afterplot", () => {
      liftTitle(title, plot);
      breakAxisTitles(plot);
    });
    breakAxisTitles(plot);
    for (const slider of sliders) addSlider(figure, plot, slider);
    for (const menu of menus) addMenu(figure, plot, menu);
    plot.mofRestyle = () => plotly.relayout(plot, { template: merged(ownTemplate, themeTemplate()) });
    figure.dataset.state = "drawn";
  }

  function start() {
    const figures = [...document.querySelectorAll(".mof-figure")];
    if (!figures.length) return;
    const near = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          near.unobserve(entry.target);
          draw(entry.target);
        }
      },
      { rootMargin: "800px" },
    );
    figures.forEach((figure) => near.observe(figure));
    window.addEventListener("beforeprint", () => figures.forEach(draw));
    let shown = themeName();
    new MutationObserver(() => {
      if (themeName() === shown) return;
      shown = themeName();
      for (const figure of figures) figure.querySelector(".mof-figure-plot").mofRestyle?.();
    }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
