"use strict";
// Everything is on the page already; this only hides what was not asked for.
const form = document.getElementById("filters");
const shown = document.getElementById("shown");
const openAll = document.getElementById("open-all");
const findings = [...document.querySelectorAll(".finding")].map((element) => ({
  element,
  text: element.textContent.toLowerCase(),
}));

function filter() {
  const text = form.elements.text.value.trim().toLowerCase();
  const wanted = ["verdict", "section", "who"].map((name) => [name, form.elements[name].value]);
  for (const finding of findings) {
    const fits = wanted.every(([name, value]) => !value || finding.element.dataset[name] === value);
    finding.element.hidden = !(fits && finding.text.includes(text));
  }
  for (const group of document.querySelectorAll(".group")) {
    const left = group.querySelectorAll(".finding:not([hidden])").length;
    group.hidden = left === 0;
    group.querySelector(".count").textContent = left;
  }
  const left = findings.filter((finding) => !finding.element.hidden).length;
  shown.value = `${left} of ${findings.length} findings shown`;
}

function setAll(open) {
  for (const { element } of findings) {
    element.open = open;
  }
  openAll.textContent = open ? "Close all" : "Open all";
}

if (form) {
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  openAll.addEventListener("click", () => setAll(openAll.textContent === "Open all"));
  // A link into what a filter hides would lead nowhere.
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target?.closest("[hidden]")) {
      form.reset();
      setTimeout(() => target.scrollIntoView());
    }
  });
  filter();
}
