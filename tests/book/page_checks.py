"""What a page of the book must hold, asked of Chromium: scripts that return what is wrong, or nothing."""

# Text whose contrast with what is behind it is below WCAG's AA: 4.5, or 3 for large letters. Colours are read
# through a canvas, which knows every form of writing them. What lies on a picture or a gradient is left out.
LOW_CONTRAST = """
const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
const cache = new Map();
const rgba = (colour) => {
  if (!cache.has(colour)) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    cache.set(colour, [r, g, b, a / 255]);
  }
  return cache.get(colour);
};
const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
const light = (colour) => {
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = colour.map((v) => linear(v / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (element) => {
  const layers = [];
  for (let e = element; e; e = e.parentElement) {
    const style = getComputedStyle(e);
    if (style.backgroundImage !== 'none') return null;
    const colour = rgba(style.backgroundColor);
    layers.push(colour);
    if (colour[3] === 1) break;
  }
  return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
};
const isShown = (element) => {
  if (!element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) return false;
  const box = element.getBoundingClientRect();
  return box.width > 1 && box.height > 1;
};
const bad = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || !isShown(element)) continue;
  if (element.closest('script, style, noscript, :disabled, mjx-assistive-mml, .mof-hidden')) continue;
  const words = '.xtick, .ytick, .legend, .xtitle, .ytitle, .mof-curve';
  if (element.closest('svg') && !element.closest(words)) continue;
  const style = getComputedStyle(element);
  const behind = ground(element);
  if (!behind) continue;
  const ink = rgba(element.closest('svg') ? style.fill : style.color);
  const [a, b] = [light(over(ink, behind)), light(behind)].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  const size = parseFloat(style.fontSize);
  const isLarge = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
  if (ratio < (isLarge ? 3 : 4.5)) {
    const name = `${element.tagName.toLowerCase()}.${element.className.baseVal ?? element.className}`;
    bad.push(`${ratio.toFixed(2)} ${name}: ${texts.currentNode.data.trim().slice(0, 40)}`);
  }
}
return [...new Set(bad)].slice(0, 20);
"""

# What reaches beyond the right edge of the window and does not scroll in a box of its own.
TOO_WIDE = """
const scrolls = (e) => e && e !== document.body && (
  /auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
const room = document.documentElement.clientWidth;  // a phone's innerWidth grows with what is too wide
const wide = [...document.querySelectorAll('.bd-main *')]
  .filter((e) => e.getBoundingClientRect().right > room + 1 && !scrolls(e))
  .map((e) => e.outerHTML.slice(0, 120));
const width = document.documentElement.scrollWidth;
if (width > room) wide.push(`the page: ${width}`);
return wide.slice(0, 10);
"""

# Words of a figure whose ends are cut off by its edges; a hair is allowed.
CUT_OFF_WORDS = """
return [...document.querySelectorAll('.mof-figure-plot')].flatMap((plot) => {
  const room = plot.getBoundingClientRect();
  return [...plot.querySelectorAll('svg text')].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width > 0 && (box.left < room.left - 2 || box.right > room.right + 2
      || box.top < room.top - 2 || box.bottom > room.bottom + 2);
  }).map((text) => text.textContent);
}).slice(0, 10);
"""

# Figures in which nothing is drawn.
EMPTY_FIGURES = """
const marks = '.trace, .point, .bars path, .hm image, .heatmaplayer image, .shapelayer path, canvas';
return [...document.querySelectorAll('.mof-figure')].filter((figure) => {
  const plots = [...figure.querySelectorAll('.mof-figure-plot')];
  const drawn = plots.flatMap((plot) => [...plot.querySelectorAll(marks)]);
  return figure.dataset.state !== 'drawn' || !drawn.some((mark) => {
    const box = mark.getBoundingClientRect();
    return box.width > 0 || box.height > 0;
  });
}).map((figure) => figure.querySelector('.mof-figure-plot').getAttribute('aria-label'));
"""

ALL_FIGURES_DRAWN = """
const figures = [...document.querySelectorAll('.mof-figure')];
figures.forEach((figure) => figure.dataset.state || figure.scrollIntoView());
return figures.every((figure) => figure.dataset.state === 'drawn' || figure.dataset.state === 'failed');
"""

# Formulas that MathJax has not set, and marks of it that are left in the text.
UNSET_MATHEMATICS = """
const bad = [...document.querySelectorAll('.math')].filter((e) => !e.querySelector('mjx-container'));
const errors = [...document.querySelectorAll('mjx-merror')];
return [...bad, ...errors].map((e) => e.textContent.slice(0, 80));
"""

# All that a reader can move, with the picture that must follow. The scripts below name them by their number.
CONTROLS = """
const found = [];
for (const figure of document.querySelectorAll('.mof-figure, .mof-reading')) {
  for (const control of figure.querySelectorAll('input[type=range], select, button.mof-button')) {
    found.push({figure, control});
  }
}
window.mofControls = found;
window.mofPicture = (figure) => figure.matches('.mof-reading')
  ? figure.querySelector('.mof-mixture').innerHTML
  : [...figure.querySelectorAll('.mof-figure-plot svg')].map((svg) => svg.innerHTML).join('')
    + figure.querySelector('.mof-figure-title')?.textContent
    + [...figure.querySelectorAll('.mof-figure-plot canvas')].map((canvas) => canvas.toDataURL()).join('');
return found.map(({control}) => `${control.tagName} ${control.ariaLabel ?? control.textContent}`);
"""

# Moves control number arguments[0] to its place number arguments[1]; false where it has no such place.
MOVE = """
const {figure, control} = window.mofControls[arguments[0]];
const place = arguments[1];
window.mofBefore ??= {};
window.mofBefore[arguments[0]] ??= window.mofPicture(figure);
if (control.tagName === 'BUTTON') {
  if (place) return false;
  control.click();
} else if (control.tagName === 'SELECT') {
  if (place >= control.options.length) return false;
  control.selectedIndex = place;
  control.dispatchEvent(new Event('change', {bubbles: true}));
} else {
  const value = Number(control.min) + place;
  if (value > Number(control.max)) return false;
  control.value = value;
  control.dispatchEvent(new Event('input', {bubbles: true}));
}
return true;
"""

HAS_CHANGED = """
return window.mofPicture(window.mofControls[arguments[0]].figure) !== window.mofBefore[arguments[0]];
"""
