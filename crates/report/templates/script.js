"use strict";
// The page works without this. With it, the severities at the top hide the others, and printing opens everything.
(() => {
  const filters = [...document.querySelectorAll(".filter")];
  const shown = [...document.querySelectorAll("article[data-severity], tr[data-severity]")];
  const show = (severity) => {
    for (const element of shown) {
      element.hidden = severity !== "" && element.dataset.severity !== severity && !element.closest("#low");
    }
    for (const filter of filters) {
      filter.setAttribute("aria-pressed", String(filter.dataset.severity === severity));
    }
  };
  for (const filter of filters) {
    filter.setAttribute("role", "button");
    const press = (event) => {
      event.preventDefault();
      const again = filter.getAttribute("aria-pressed") === "true";
      show(again ? "" : filter.dataset.severity);
    };
    filter.addEventListener("click", press);
    filter.addEventListener("keydown", (event) => {
      if (event.key === " ") press(event);
    });
  }
  show("");
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
})();
