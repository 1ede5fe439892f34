/* An open start page follows along. The server names the meetings that have changed; this asks for their rows and puts them
   in place. What somebody is doing is never lost: a form that stands open in a row stays, focus stays, and nothing scrolls.
   The forms of a row's acts are fetched into the row; without this file they are pages of their own. */
"use strict";
(() => {
  const live = document.getElementById("live");
  if (live === null) return;
  const POLL = 60_000;
  const AGAIN = 15_000;
  const rowsOf = (list) => [...list.children].filter((one) => one.id);

  /* -- forms in a row */

  /* Where one stands after an act: on the row below, as the page is now. */
  const nextOf = (row) => {
    const shown = [...live.querySelectorAll("section[data-group] li.hand")];
    return shown[shown.indexOf(row) + 1]?.id.slice(2) ?? "";
  };

  const open = async (link) => {
    const row = link.closest("li");
    const place = row.querySelector(":scope > .hand-form");
    const address = new URL(link.href);
    address.searchParams.set("whose", document.querySelector("#act input[name=whose]").value);
    address.searchParams.set("n", nextOf(row));
    const answer = await fetch(address, { headers: { "x-part": "1" }, redirect: "error" }).catch(() => null);
    if (answer === null || !answer.ok) {
      window.location.assign(address);
      return;
    }
    place.innerHTML = await answer.text();
    const close = document.createElement("button");
    close.type = "button";
    close.className = "link-button";
    close.textContent = live.dataset.close;
    close.addEventListener("click", () => {
      place.replaceChildren();
      ([...row.querySelectorAll("a")].find((one) => keyOf(one) === keyOf(link)) ?? row).focus();
    });
    place.querySelector("form > .row:last-of-type")?.append(close);
    place.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  };

  document.getElementById("act").addEventListener("submit", (event) => {
    const row = event.submitter?.closest("li.hand");
    if (!row) return;
    const address = new URL(event.submitter.formAction);
    address.searchParams.set("n", nextOf(row));
    event.submitter.formAction = address;
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-door]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    open(link);
  });

  /* -- rows that have changed */

  const busy = (row) => row.querySelector(":scope > .hand-form")?.childElementCount > 0;

  const keyOf = (element) => (element.getAttribute("href") ?? element.getAttribute("formaction"))?.replace(/[?&](v|n)=[^&]*/g, "");

  /* The facts of a row are replaced, its open form is not; focus goes to the same act, where it is still there. */
  const renew = (old, fresh) => {
    const focused = old.contains(document.activeElement) && !old.querySelector(":scope > .hand-form")?.contains(document.activeElement);
    const key = focused && document.activeElement !== old ? keyOf(document.activeElement) : null;
    const form = old.querySelector(":scope > .hand-form");
    if (form !== null && fresh.querySelector(":scope > .hand-form") !== null) {
      for (const part of [...old.children]) if (part !== form) part.remove();
      for (const part of [...fresh.children]) if (!part.classList.contains("hand-form")) form.before(part);
      Object.assign(old.dataset, fresh.dataset);
    } else {
      old.replaceChildren(...fresh.childNodes);
    }
    if (!focused) return;
    const same = [...old.querySelectorAll("a, button")].find((one) => key !== null && keyOf(one) === key);
    (same ?? old).focus({ preventScroll: true });
  };

  const place = (row) => {
    const section = live.querySelector(`section[data-group="${row.dataset.group}"]`);
    const list = section.querySelector("ul.hands");
    const later = rowsOf(list).find((one) => one !== row && one.dataset.late > row.dataset.late);
    if (row.parentElement === list && row.nextElementSibling === (later ?? null)) return;
    const held = row.contains(document.activeElement) ? document.activeElement : null;
    list.insertBefore(row, later ?? null);
    held?.focus({ preventScroll: true });
  };

  const count = () => {
    const all = [...live.querySelectorAll("section[data-group]")];
    for (const section of all) {
      const rows = rowsOf(section.querySelector("ul.hands"));
      section.hidden = rows.length === 0;
      section.querySelector(".count").textContent = rows.length;
    }
    const shown = live.querySelectorAll("section[data-group] li.hand");
    live.querySelector("[data-calm]").hidden = shown.length > 0 || live.querySelector(".note") !== null;
  };

  /* What one looks at stays where it is: what has focus, else the first row in sight. */
  const steady = (change) => {
    const focused = document.activeElement;
    const seen = live.contains(focused) && focused !== live ? focused : [...live.querySelectorAll("li")].find((one) => one.getBoundingClientRect().bottom > 0);
    const top = seen?.getBoundingClientRect().top;
    change();
    if (seen?.isConnected) window.scrollBy({ top: seen.getBoundingClientRect().top - top, behavior: "instant" });
  };

  const apply = (text, ids) => {
    const asked = ids === null ? null : ids.map((id) => id.slice(0, 8));
    const given = new DOMParser().parseFromString(text, "text/html");
    const fresh = new Map(rowsOf(given.getElementById("rows")).map((row) => [row.id, row]));
    for (const row of live.querySelectorAll("section[data-group] li.hand")) {
      if (asked !== null && !asked.includes(row.id.slice(2))) continue;
      const now = fresh.get(row.id);
      if (now !== undefined) renew(row, now);
      else if (!busy(row)) {
        if (row.contains(document.activeElement)) (row.nextElementSibling ?? document.getElementById("hands")).focus({ preventScroll: true });
        row.remove();
      }
    }
    if (live.dataset.later === undefined) {
      for (const row of fresh.values()) if (document.getElementById(row.id) === null) live.querySelector(`section[data-group="${row.dataset.group}"] ul.hands`).append(row);
    }
    for (const row of [...live.querySelectorAll("section[data-group] li.hand")]) place(row);
    for (const line of rowsOf(given.getElementById("lines"))) {
      const key = line.querySelector("[id]")?.id;
      const shown = key ? document.getElementById(key)?.closest("li") : null;
      if (shown) renew(shown, line);
    }
    for (const id of ["headline", "updated"]) {
      const now = given.getElementById(id).textContent;
      const there = document.getElementById(id);
      if (there.textContent !== now) there.textContent = now;
    }
    count();
  };

  let waiting = new Set();
  let asking = false;

  const ask = async () => {
    if (asking || waiting.size === 0) return;
    asking = true;
    const ids = waiting.has("*") ? null : [...waiting];
    waiting = new Set();
    const address = new URL(live.dataset.rows, document.baseURI);
    if (ids !== null) address.searchParams.set("ids", ids.join(","));
    const answer = await fetch(address, { redirect: "error" }).catch(() => null);
    if (answer?.status === 200) {
      const text = await answer.text();
      steady(() => apply(text, ids));
    }
    asking = false;
    ask();
  };

  const heard = (text) => {
    for (const id of text.split(",")) waiting.add(id);
    ask();
  };

  /* What comes with time alone (a meeting that is near) nobody tells; and a page that hears nothing polls. */
  const words = live.querySelector("[data-live]");
  const listen = (missed) => {
    const source = new EventSource(live.dataset.events);
    source.addEventListener("open", () => {
      words.hidden = false;
      if (missed) heard("*");
    });
    source.addEventListener("error", () => {
      words.hidden = true;
      /* A refusal ends it for good (the database was away, or nobody stood behind the proxy): another one, later. */
      if (source.readyState === EventSource.CLOSED) window.setTimeout(listen, AGAIN, true);
    });
    source.addEventListener("changed", (event) => heard(event.data));
  };
  listen(false);
  window.setInterval(() => { if (!document.hidden) heard("*"); }, POLL);

  const address = new URL(window.location.href);
  if (address.searchParams.has("done")) {
    for (const name of ["done", "at"]) address.searchParams.delete(name);
    window.history.replaceState(null, "", address);
  }
  const target = window.location.hash ? document.getElementById(window.location.hash.slice(1)) : null;
  if (target !== null && live.contains(target)) target.focus();
})();
