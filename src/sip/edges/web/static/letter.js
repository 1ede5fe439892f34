/* The letter is printed; nothing that is written in it is kept or sent, and when one leaves the page it is forgotten. */
"use strict";
{
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  window.addEventListener("pagehide", () => {
    for (const field of document.querySelectorAll(".letter :is(input, textarea)")) field.value = "";
  });
}
