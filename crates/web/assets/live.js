// Where a person waits, the part of the page that changes is fetched again when the ledger grows.
"use strict";
(() => {
  const part = document.querySelector("[data-live]");
  if (!part || !window.EventSource) return;
  const id = part.dataset.livePart;
  const source = new EventSource(part.dataset.live);
  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return source.close();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [now, next] = [document.getElementById(id), fresh.getElementById(id)];
    if (!now || !next || now.innerHTML === next.innerHTML) return;
    const focused = document.activeElement;
    if (now !== focused && now.contains(focused)) {
      // Nothing is taken from under the hands of whoever is at it: it waits until they leave.
      return focused.addEventListener("blur", refresh, { once: true });
    }
    now.replaceChildren(...next.childNodes);
    now.setAttribute("data-live-fresh", "");
  };
  source.addEventListener("grown", refresh);
})();
