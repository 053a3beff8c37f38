/* Small comforts over pages that work without them: rows of a form, the way to a fault, printing. */
"use strict";

function addRow(group) {
  const list = group.querySelector(":scope > .row-list");
  const blank = group.querySelector(":scope > template").content.cloneNode(true);
  const path = group.dataset.rows;
  const used = [...list.querySelectorAll(":scope > .row")].map((row) => Number(row.dataset.row.slice(path.length + 1)));
  const next = used.length ? Math.max(...used) + 1 : 0;
  renumber(blank, [[path + ".__", path + "." + next], [id(path) + "-__", id(path) + "-" + next]]);
  list.append(blank);
  number(list);
  list.lastElementChild.querySelector("input, select, textarea")?.focus();
}

function id(path) {
  return path.replaceAll(".", "-");
}

function renumber(fragment, changes) {
  for (const element of fragment.querySelectorAll("*")) {
    for (const attribute of [...element.attributes]) {
      const value = changes.reduce((text, [from, to]) => text.replaceAll(from, to), attribute.value);
      if (value !== attribute.value) element.setAttribute(attribute.name, value);
    }
    if (element instanceof HTMLTemplateElement) renumber(element.content, changes);
  }
}

function number(list) {
  const rows = list.querySelectorAll(":scope > .row");
  rows.forEach((row, index) => {
    row.querySelector(":scope > .row-number").textContent = String(index + 1);
    row.querySelector(":scope > .remove").hidden = rows.length === 1;
  });
}

document.addEventListener("click", (event) => {
  const add = event.target.closest("button.add");
  if (add) {
    event.preventDefault();
    addRow(add.closest("[data-rows]"));
  }
  const remove = event.target.closest("button.remove");
  if (remove) {
    const list = remove.closest(".row-list");
    remove.closest(".row").remove();
    number(list);
    list.parentElement.querySelector(":scope > .add").focus();
  }
  if (event.target.closest("[data-print]")) {
    window.print();
  }
  for (const open of document.querySelectorAll("details.person[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.submitter?.classList.contains("add")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".row-list").forEach(number);
  document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
  (document.getElementById("fault") ?? document.getElementById("done"))?.focus({ preventScroll: false });
  const named = window.location.hash && document.getElementById(window.location.hash.slice(1));
  if (named instanceof HTMLDetailsElement) named.open = true;
});

document.addEventListener("htmx:load", (event) => {
  const part = event.detail.elt;
  if (part instanceof HTMLDetailsElement && part.id === window.location.hash.slice(1)) part.open = true;
});
