// Makes an open page of the site ready for paper, and tells what is on it. The body of a function that
// printed_pages.py runs in Chromium with two arguments: the words to put in, and the height of a printed page in pixels.
//
// Returns {headings: [{level, text, id}], problems: [words]}.
const [words, pageHeight] = arguments;
const article = document.querySelector(".bd-article");

function made(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function textOf(heading) {
  const copy = heading.cloneNode(true);
  copy.querySelectorAll(".headerlink, mjx-container > :not(mjx-assistive-mml)").forEach((part) => part.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
}

// All that is folded lies open. Solutions go to the end of the page, so that nobody reads them by accident.
article.querySelectorAll("details").forEach((fold) => { fold.open = true; });
const solutions = [...article.querySelectorAll('div.cell[class*="tag_solution"]')];
if (solutions.length) {
  const place = made("section");
  place.id = "mof-printed-solutions";
  place.append(made("h2", "", words.solutions));
  let last = null;
  for (const cell of solutions) {
    const heading = cell.closest("section")?.querySelector("h1, h2, h3, h4");
    const note = made("p", "mof-moved");
    const link = made("a", "", words.atTheEnd);
    note.append(link);
    const mark = cell.previousElementSibling;
    cell.before(note);
    if (heading !== last) {
      const title = made("h3", "", heading ? textOf(heading) : words.solutions);
      title.id = `mof-printed-solution-${place.children.length}`;
      place.append(title);
      last = heading;
    }
    link.href = `#${[...place.querySelectorAll("h3")].at(-1).id}`;
    if (mark?.matches("span.target")) [...place.querySelectorAll("h3")].at(-1).before(mark);
    place.append(cell);
  }
  article.querySelector("section").append(place);
}

// A figure shows its first state; what a reader could set is said in words.
for (const figure of article.querySelectorAll(".mof-figure, .mof-reading")) {
  const controls = [...figure.querySelectorAll(".mof-control")];
  if (!controls.length) continue;
  const states = controls.flatMap((control) => {
    const chosen = control.querySelector("select")?.selectedOptions[0]?.textContent;
    return [control.querySelector(".mof-control-words")?.textContent, chosen];
  }).map((state) => state?.trim()).filter(Boolean);
  controls.forEach((control) => control.remove());
  const still = states.length ? words.stillWithState.replace("{state}", states.join("; ")) : words.still;
  const note = made("p", "mof-still", still);
  const caption = figure.querySelector("figcaption");
  caption ? caption.before(note) : figure.append(note);
}

// What is wider than the page is made smaller; what is long may be cut between two pages.
const width = article.clientWidth;
for (const wide of article.querySelectorAll('mjx-container[display="true"], table, .jupyter-widgets, .cell_output > .output')) {
  const needed = wide.scrollWidth;
  const there = Math.min(width, wide.parentElement.clientWidth || width);
  if (needed <= there + 1) continue;
  if (wide.matches("mjx-container")) wide.style.fontSize = `${Math.floor(100 * there / needed)}%`;
  else if (!wide.closest(".mof-figure")) wide.style.zoom = Math.floor(100 * there / needed) / 100;
}
for (const block of article.querySelectorAll("table, pre, .highlight, .cell, .cell_input, .mof-card, .mof-exercise")) {
  if (block.getBoundingClientRect().height > pageHeight / 2) block.classList.add("mof-long");
}

// A place for every id, so that links from other pages find it: Chromium remembers those that are linked in the page.
const places = made("div");
places.hidden = true;
const isDrawn = "svg *, mjx-container *, .jupyter-widgets *, .mof-figure-plot *";
for (const element of article.querySelectorAll("[id]")) {
  if (element.matches(isDrawn)) continue;
  const link = made("a");
  link.href = `#${element.id}`;
  places.append(link);
}
document.body.append(places);

const headings = [...article.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((heading) => heading.checkVisibility())
  .map((heading) => ({
    level: Number(heading.tagName[1]),
    text: textOf(heading),
    id: heading.id || heading.closest("section, [id]")?.id || "",
  }));

const edge = article.getBoundingClientRect().right + 1;
const problems = [];
for (const element of article.querySelectorAll("*")) {
  if (element.closest("svg, mjx-container, .mof-hidden") || !element.checkVisibility()) continue;
  const box = element.getBoundingClientRect();
  if (!box.width) continue;
  const style = getComputedStyle(element);
  const isWider = style.display !== "inline" && element.scrollWidth > element.clientWidth + 1;
  const reach = Math.max(box.right, isWider ? box.left + element.scrollWidth : 0); // a long line leaves its box
  if (reach > edge || (isWider && /auto|scroll|hidden|clip/.test(style.overflowX))) {
    problems.push(`${Math.round(reach - edge)} px: ${element.outerHTML.slice(0, 140)}`);
  }
  if (Number(style.opacity) < 0.5) problems.push(`pale: ${element.outerHTML.slice(0, 140)}`);
}
for (const container of article.querySelectorAll('mjx-container[display="true"]')) {
  if (container.scrollWidth > container.clientWidth + 2) problems.push(`formula: ${container.textContent.slice(0, 80)}`);
}
return { headings, problems: problems.slice(0, 20) };
