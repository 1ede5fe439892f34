/* A field in which a unit is chosen shows, while one types, the few units that fit. The list is u-datalist's; this fetches
   its options. Without this file the field is sent as it is, and the server says what fits. */
"use strict";
{
  const PAUSE = 150;
  const LEAST = 2;
  /* u-datalist finds its input by `list`, and gives it the role that an input with `list` may not be given (ARIA in HTML).
     So the attribute stands there only while it is looked for: before anybody else hears of the focus, until the next turn. */
  const named = new WeakMap();
  const unnamed = (input) => input.removeAttribute("list");
  window.addEventListener(
    "focus",
    ({ target }) => {
      if (!named.has(target)) return;
      target.setAttribute("list", named.get(target));
      setTimeout(unnamed, 0, target);
    },
    true,
  );
  const bind = (input) => {
    if (named.has(input)) return;
    let timer = 0;
    let asked = 0;
    const list = document.getElementById(input.getAttribute("list"));
    named.set(input, list.id);
    customElements.whenDefined("u-datalist").then(() => {
      if (document.activeElement !== input) unnamed(input);
    });
    const fill = async (text) => {
      const mine = ++asked;
      const address = new URL(input.dataset.units, location.href);
      address.searchParams.set("q", text);
      try {
        const answer = await fetch(address, { headers: { accept: "text/html" } });
        if (!answer.ok || mine !== asked) return;
        const made = document.createRange().createContextualFragment(await answer.text());
        list.replaceChildren(...made.querySelectorAll("u-option"));
      } catch {
        /* The network is away: the field works as without script. */
      }
    };
    input.addEventListener("input", (event) => {
      clearTimeout(timer);
      const text = input.value.trim();
      const chosen = !event.isTrusted;
      if (chosen || text.length < LEAST) {
        asked += 1;
        if (!chosen) list.replaceChildren();
        return;
      }
      timer = setTimeout(fill, PAUSE, text);
    });
  };
  const bindAll = (within) => within.querySelectorAll("input[data-units]").forEach(bind);
  bindAll(document);
  /* A page that follows along, and a form that is put into a row, bring fields of their own. */
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) bindAll(node.parentNode ?? node);
  }).observe(document.body, { childList: true, subtree: true });
}
