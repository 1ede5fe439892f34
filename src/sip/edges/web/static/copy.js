/* A text is copied with one press; without script it is marked and copied by hand. */
"use strict";
for (const copy of document.querySelectorAll("[data-copies]")) {
  const text = document.getElementById(copy.dataset.copies);
  copy.hidden = false;
  copy.querySelector("button").addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy"); /* a page without https has no clipboard of the other kind */
    }
    copy.querySelector("[role=status]").textContent = copy.dataset.copied;
  });
}
