/* An open meeting page follows along: it asks for the parts that have changed and puts them in. A part that somebody writes
   in, or has opened, is left as it is, and a line at the top says so. Without this file the page is as it was loaded. */
"use strict";
(() => {
  const follow = document.querySelector("[data-follow]");
  const note = document.getElementById("follow-note");
  const parts = () => [...document.querySelectorAll("[data-part]")];
  /* What a form was answered with has no stamps: it is not a page to load anew. */
  if (!follow || !window.fetch || !parts().every((part) => part.dataset.stamp)) return;
  const written = new WeakSet();
  document.addEventListener("input", (event) => event.target.form && written.add(event.target.form));

  const inUse = (part) =>
    part.contains(document.activeElement) ||
    part.querySelector("details[open]") !== null ||
    [...part.querySelectorAll("form")].some((form) => written.has(form));

  let asking = false;
  let again = false;
  const ask = async () => {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const has = parts().map((part) => `${part.dataset.part}.${part.dataset.stamp}`).join(",");
      const answer = await fetch(`${follow.dataset.follow}?has=${encodeURIComponent(has)}`, { headers: { "hx-request": "true" } });
      if (answer.ok) take(await answer.json());
    } catch {
      /* The network is away: the next word, or the next minute, asks again. */
    }
    asking = false;
    if (again) {
      again = false;
      ask();
    }
  };

  const take = (found) => {
    if (found.anew) {
      if (parts().some(inUse)) note.hidden = false;
      else location.reload();
      return;
    }
    for (const part of parts()) {
      const now = found.parts[part.dataset.part];
      if (!now) continue;
      if (inUse(part)) {
        note.hidden = false;
        continue;
      }
      part.innerHTML = now.html;
      part.dataset.stamp = now.stamp;
    }
  };

  let heard = Date.now();
  const listen = () => {
    const events = new EventSource("/events");
    events.addEventListener("changed", (event) => {
      heard = Date.now();
      const about = event.data;
      if (about.length < 36 || about.includes(follow.dataset.id)) ask();
    });
    /* A refusal ends it for good (the database was away, or nobody stood behind the proxy): another one, later. */
    const again = () => { if (events.readyState === EventSource.CLOSED) setTimeout(listen, 15000); };
    events.addEventListener("error", again);
    window.addEventListener("pagehide", () => {
      events.removeEventListener("error", again);
      events.close();
    });
  };
  if (window.EventSource) listen();
  setInterval(() => {
    if (Date.now() - heard > 60000) {
      heard = Date.now();
      ask();
    }
  }, 15000);
})();
