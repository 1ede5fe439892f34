/* In the list of meetings: a stroke on / goes to the search, and it is said how many meetings are chosen. */
"use strict";
(() => {
  const search = document.getElementById("q");
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
  const told = document.querySelector("[data-ticked]");
  if (told === null) return;
  const tell = () => {
    const ticked = document.querySelectorAll("input[form=bulk]:checked").length;
    told.hidden = ticked === 0;
    told.textContent = ticked;
  };
  document.addEventListener("change", tell);
  tell();
})();
