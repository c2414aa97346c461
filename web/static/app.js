// What plain HTML cannot do. Every page works without it.
"use strict";

// A submit button must not send twice; back and forward find the page as it was.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest && event.target.closest("form");
  if (form) { delete form.dataset.sent; form.removeAttribute("aria-busy"); }
});

// What was typed is not lost by a wrong click.
let changed = false;
document.addEventListener("input", (event) => {
  if (event.target.closest("form[data-keep]")) changed = true;
});
document.addEventListener("submit", () => { changed = false; });
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-print]");
  if (button) window.print();
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const field = document.getElementById(copy.dataset.copy);
    field.select();  // what a browser refuses to copy is marked, to be copied by hand
    navigator.clipboard?.writeText(field.value).catch(() => {});
  }
});

// Paper has no folds: what a page keeps folded on screen is printed open, then folded again.
window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details[data-unfold]:not([open])")) {
    fold.open = true;
    fold.dataset.unfold = "printing";
  }
});
window.addEventListener("afterprint", () => {
  for (const fold of document.querySelectorAll('details[data-unfold="printing"]')) {
    fold.open = false;
    fold.dataset.unfold = "";
  }
});

// "All" in the head of a table with checkboxes.
document.addEventListener("change", (event) => {
  const all = event.target;
  if (!all.matches("input[data-all]")) return;
  for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) {
    box.checked = all.checked;
  }
});

// "/" goes to the search, as in most tools.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const find = document.getElementById("find");
  if (find) { event.preventDefault(); find.focus(); }
});
