/* The menu under one's name opens without this file; with it, it closes again on Escape and on a press beside it. */
"use strict";
(() => {
  const menu = document.getElementById("me");
  if (menu === null) return;
  const close = () => menu.removeAttribute("open");
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) close();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    close();
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget !== null && !menu.contains(event.relatedTarget)) close();
  });
})();
