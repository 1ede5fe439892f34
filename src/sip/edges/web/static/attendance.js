/* One press marks all who were expected, without asking the server, and changes no mark that has been made. */
"use strict";
(() => {
  const all = document.querySelector("button[name=press][value=expected]");
  all?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const row of all.form.querySelectorAll("fieldset[data-expected]")) {
      if (row.querySelector("input:checked")) continue;
      for (const one of row.querySelectorAll("input")) one.checked = one.value === row.dataset.expected;
    }
    all.form.dispatchEvent(new Event("input"));
    const done = document.getElementById("expected-done");
    done.hidden = false;
    done.textContent = done.dataset.done;
  });
})();
