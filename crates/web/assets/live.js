// Where a person waits, the part of the page that changes is fetched again when the ledger grows.
"use strict";
(() => {
  const part = document.querySelector("[data-live]");
  if (!part || !window.EventSource) return;
  const source = new EventSource(part.dataset.live);
  source.addEventListener("grown", async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return source.close();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const id = part.dataset.livePart;
    const [now, next] = [document.getElementById(id), fresh.getElementById(id)];
    if (!now || !next || now.innerHTML === next.innerHTML || now.contains(document.activeElement)) return;
    now.replaceChildren(...next.childNodes);
    now.setAttribute("data-live-fresh", "");
  });
})();
