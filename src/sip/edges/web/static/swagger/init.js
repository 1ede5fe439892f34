// Starts Swagger UI. An outside file, because the content policy allows no script in the page.
"use strict";
window.addEventListener("load", () => {
  const main = document.getElementById("swagger-ui");
  window.ui = SwaggerUIBundle({
    url: main.dataset.url,
    dom_id: "#swagger-ui",
    deepLinking: true,
    persistAuthorization: false,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
});
