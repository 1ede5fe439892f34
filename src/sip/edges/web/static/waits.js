/* A form whose answer may take its time says so while it is waited for: what it holds under data-waits is shown when it is sent, and not when the browser comes
   back to it. */
"use strict";
(() => {
  for (const told of document.querySelectorAll("form [data-waits]")) {
    told.closest("form").addEventListener("submit", () => {
      told.hidden = false;
    });
    window.addEventListener("pageshow", () => {
      told.hidden = true;
    });
  }
})();
