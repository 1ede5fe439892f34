/* One press marks all who were expected, without asking the server, and changes no mark that has been made; and the text for one's own record is copied. */
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
})();
