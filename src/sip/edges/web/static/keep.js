/* What is typed into a form stays in this tab until the server says, by the form's nonce in a cookie, that it was taken: a
   session that ends, another language or a lost network costs nothing. A form that was sent and of which nothing was heard keeps its nonce, so that sending it again has no second effect; what is
   changed afterwards gets a new one. Passwords and what the page itself put there are never kept; signing out forgets all of it. */
"use strict";
(() => {
  const PREFIX = "sip-form:";
  const store = window.sessionStorage;
  const keyOf = (form) => PREFIX + new URL(form.action).pathname;
  const fieldsOf = (form) =>
    [...form.elements].filter((one) => one.name && !["hidden", "password", "submit", "button", "file"].includes(one.type));

  const read = (key) => {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null;
    }
  };

  const nonceOf = (form) => form.elements.namedItem("nonce");
  const newNonce = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

  const keep = (form, sent) => {
    const typed = fieldsOf(form)
      .filter((one) => !["radio", "checkbox"].includes(one.type) || one.checked)
      .map((one) => [one.name, one.value]);
    try {
      store.setItem(keyOf(form), JSON.stringify({ typed, sent, nonce: nonceOf(form)?.value }));
    } catch {
      /* A full or closed store keeps nothing, and the form works as without this file. */
    }
  };

  const restore = (form, kept) => {
    if (kept.sent && nonceOf(form)) {
      nonceOf(form).value = kept.nonce;
      form.dataset.sent = "";
    }
    const left = kept.typed.map(([name, value]) => ({ name, value }));
    const take = (name, value) => {
      const at = left.findIndex((one) => one.name === name && (value === undefined || one.value === value));
      return at < 0 ? null : left.splice(at, 1)[0];
    };
    let changed = false;
    for (const field of fieldsOf(form)) {
      const choice = ["radio", "checkbox"].includes(field.type);
      const found = take(field.name, choice ? field.value : undefined);
      if (choice ? field.checked !== Boolean(found) : found !== null && field.value !== found.value) {
        changed = true;
        if (choice) field.checked = Boolean(found);
        else field.value = found.value;
      }
    }
    if (!changed) return;
    for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const note = document.createElement("p");
    note.className = "note";
    note.setAttribute("role", "status");
    note.textContent = document.body.dataset.kept;
    form.prepend(note);
  };

  const forms = [...document.querySelectorAll("main form[method=post]")];
  for (const one of document.querySelectorAll(".as-before:has(+ .switch-of:not([data-asked])), .switch-of:not([data-asked])")) one.remove(); /* the link loses nothing here */
  const wrong = document.getElementById("errors") !== null;
  if (wrong) document.getElementById("errors").scrollIntoView(); /* on a phone it is the first that is seen */
  const taken = /(?:^|; )(?:__Host-)?sip_taken=([^;.]*)/.exec(document.cookie)?.[1];
  for (const key of Object.keys(store).filter((one) => one.startsWith(PREFIX))) {
    const kept = read(key);
    if (kept === null || (taken && kept.nonce === taken)) store.removeItem(key);
  }
  for (const form of forms) {
    const kept = read(keyOf(form));
    if (kept !== null && wrong) store.setItem(keyOf(form), JSON.stringify({ ...kept, sent: false }));
    else if (kept !== null && !form.hasAttribute("data-fresh")) restore(form, kept);
  }
  /* Heard at the document: a form that has come in since the page was loaded is kept like the others. */
  const ours = (form) => (form?.matches("main form[method=post]") ? form : null);
  document.addEventListener("input", (event) => {
    const form = ours(event.target.form);
    if (!form) return;
    if ("sent" in form.dataset) nonceOf(form).value = newNonce();
    delete form.dataset.sent;
    keep(form, false);
  }, true);
  document.addEventListener("submit", (event) => {
    const form = ours(event.target);
    if (!form) return;
    const looks = "resend" in form.dataset && Boolean(event.submitter?.name); /* it asks for proposals, and is never sent again by itself */
    if (!looks && nonceOf(form)) form.dataset.sent = "";
    keep(form, !looks);
  }, true);
  for (const form of document.querySelectorAll("header form[action='/sign-out']")) {
    form.addEventListener("submit", () => {
      for (const key of Object.keys(store).filter((one) => one.startsWith(PREFIX))) store.removeItem(key);
    });
  }
})();
