/* What is said of a meeting in the making is kept as one goes: a moment after a field has changed, and where one pauses in
   writing, the form is sent to its own address, quietly. Without this file it is kept by every button. */
"use strict";
{
  const PAUSE = 800;
  const THOUGHT = 2000;
  for (const form of document.querySelectorAll("form[data-autosave]")) {
    const word = form.querySelector(".saved");
    let timer = 0;
    let leaving = false;
    const keep = async () => {
      if (leaving) return;
      const body = new URLSearchParams(new FormData(form));
      body.set("then", "quiet");
      if (word) word.textContent = word.dataset.saving;
      try {
        const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
        if (word) word.textContent = answer.ok ? word.dataset.saved : "";
      } catch {
        if (word) word.textContent = ""; /* keep.js holds it in this tab until there is a network again. */
      }
    };
    const soon = (pause) => {
      clearTimeout(timer);
      timer = setTimeout(keep, pause);
    };
    form.addEventListener("change", () => soon(PAUSE));
    form.addEventListener("input", (event) => {
      if (event.target.matches("textarea")) soon(THOUGHT);
    });
    form.addEventListener("submit", () => {
      leaving = true;
      clearTimeout(timer);
    });
  }
}
