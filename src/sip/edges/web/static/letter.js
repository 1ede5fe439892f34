/* The letter is printed, and its fields grow with what is written, for what has scrolled away is not on paper. Nothing that
   is written in it is kept or sent, and when one leaves the page it is forgotten. */
"use strict";
{
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const field of document.querySelectorAll(".letter textarea")) {
    field.addEventListener("input", () => {
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight + 1}px`;
    });
  }
  window.addEventListener("pagehide", () => {
    for (const field of document.querySelectorAll(".letter :is(input, textarea)")) {
      field.value = "";
      field.style.height = "";
    }
  });
}
