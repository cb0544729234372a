"use strict";
(() => {
  const tips = JSON.parse(document.getElementById("tips").textContent);
  const tip = document.getElementById("tip");
  let hot = [];

  const leave = () => {
    hot.forEach(mark => mark.classList.remove("hot"));
    hot = [];
    tip.hidden = true;
  };

  document.addEventListener("pointerover", event => {
    leave();
    const mark = event.target.closest("[data-id]");
    if (!mark) return;
    const id = mark.dataset.id;
    hot = [...document.querySelectorAll(`[data-id="${id}"]`)];
    hot.forEach(other => other.classList.add("hot"));
    if (mark.closest("svg") && tips[id]) {
      tip.textContent = tips[id];
      tip.hidden = false;
      const x = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
      const y = Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8);
      tip.style.left = `${x}px`;
      tip.style.top = `${y}px`;
    }
  });
  document.addEventListener("scroll", leave, { passive: true });

  const key = cell => ("v" in cell.dataset ? Number(cell.dataset.v) : cell.textContent);
  const compare = (a, b) => {
    if (typeof a === "string") return a.localeCompare(b);
    return (Number.isNaN(a) ? -Infinity : a) - (Number.isNaN(b) ? -Infinity : b);
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((heading, column) => heading.firstChild.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") !== "descending";
      headings.forEach(other => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => (down ? -1 : 1) * compare(key(a.cells[column]), key(b.cells[column])));
      table.tBodies[0].append(...rows);
    }));
  }

  // What is folded away on screen is wanted on paper.
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(each => { each.open = true; }));
})();
