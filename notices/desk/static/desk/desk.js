// Keys for the desk: j k move, Enter opens, x ticks, a r e u act, / searches, ? helps. Every page works without this file.
"use strict";
(() => {
  const rows = () => Array.from(document.querySelectorAll("[data-row]"));
  const help = document.getElementById("keys-help");

  const typing = (target) =>
    target.isContentEditable ||
    (["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) && target.type !== "checkbox");

  function move(step) {
    const all = rows();
    if (!all.length) {
      const to = document.querySelector(step > 0 ? "[data-key-next]" : "[data-key-previous]");
      if (to) to.click();
      return;
    }
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
  }

  function press(name) {
    const target = document.querySelector(`[data-key-${name}]`);
    if (!target || target.getAttribute("aria-disabled") === "true") return;
    if (target.tagName === "DETAILS") {
      target.open = true;
      target.querySelector("select, textarea, input:not([type=hidden])").focus();
    } else if (["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)) {
      target.focus();
    } else {
      target.focus();
      target.click();
    }
  }

  function tick() {
    const row = document.activeElement && document.activeElement.closest("tr");
    const box = row && row.querySelector("input[name=pick]");
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target)) return;
    const act = {
      j: () => move(1),
      k: () => move(-1),
      a: () => press("approve"),
      r: () => press("return"),
      e: () => press("edit"),
      x: tick,
      u: () => press("undo"),
      "/": () => press("search"),
      "?": () => help && help.showModal(),
    }[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  for (const button of document.querySelectorAll("[data-opens-help]")) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
  const picks = document.querySelector("form[data-picks]");
  const number = document.querySelector("[data-count]");
  if (picks && number) {
    const count = () => {
      const ticked = picks.querySelectorAll("input[name=pick]:checked").length;
      number.hidden = !ticked;
      number.textContent = ticked;
    };
    picks.addEventListener("change", count);
    count();
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", () => {
      for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
    });
  }
})();
