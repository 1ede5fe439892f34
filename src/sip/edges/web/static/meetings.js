/* In the list of meetings, and on the start page where it has its search: a stroke on / goes to the search. In the list it
   is said how many meetings are chosen, all that are shown can be, and no empty field goes into the address. */
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
  search.form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
  const told = document.querySelector("[data-ticked]");
  if (told === null) return;
  const tell = () => {
    const ticked = document.querySelectorAll("input[form=bulk]:checked").length;
    told.hidden = ticked === 0;
    told.textContent = ticked;
  };
  document.addEventListener("change", tell);
  const all = document.querySelector("[data-tick-all]");
  all.hidden = false;
  all.querySelector("input").addEventListener("change", (event) => {
    for (const box of document.querySelectorAll("input[form=bulk][type=checkbox]")) box.checked = event.target.checked;
    tell();
  });
  tell();
})();
