/* A form with data-resend is sent from the page as it stands: where the network is lost it waits, says so, and is sent again by itself, the same to the letter
   and under the same nonce, so that it has one effect however often it arrives; also when the page is opened anew and nobody has heard of it (keep.js says so).
   Whatever is answered but a page of thanks is shown by sending it the plain way. */
"use strict";
(() => {
  const EACH = 4000;
  const PATIENCE = 20000;

  for (const form of document.querySelectorAll("form[data-resend]")) {
    const says = form.querySelector("[data-say]");
    let body = null;
    let trying = false;
    let timer = 0;

    const say = (words) => {
      says.textContent = words;
      says.hidden = !words;
    };

    const later = () => {
      say(says.dataset.waiting);
      clearTimeout(timer);
      timer = setTimeout(send, EACH);
    };

    const send = async () => {
      if (body === null || trying) return;
      const sent = body;
      const stop = new AbortController();
      const patience = setTimeout(() => stop.abort(), PATIENCE);
      trying = true;
      try {
        const answer = await fetch(form.action, { method: "POST", body: sent, signal: stop.signal });
        if (body !== sent) return;
        if (answer.status >= 500) later();
        else if (answer.redirected && new URL(answer.url).pathname === new URL(form.dataset.recorded, location.href).pathname) location.assign(form.dataset.recorded);
        else form.submit();
      } catch {
        if (body === sent) later();
      } finally {
        clearTimeout(patience);
        trying = false;
      }
    };

    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || event.submitter?.name) return;
      event.preventDefault();
      body = new URLSearchParams(new FormData(form));
      say(says.dataset.sending);
      send();
    });
    form.addEventListener("input", () => {
      if (body !== null) say("");
      body = null;
    });
    window.addEventListener("online", send);
    if ("sent" in form.dataset) {
      body = new URLSearchParams(new FormData(form));
      say(says.dataset.sending);
      send();
    }
  }
})();
