"use strict";

const docs = document.getElementById("docs");

SwaggerUIBundle({
  domNode: docs,
  url: docs.dataset.contract,
  // Each operation and each group has a URL of its own: #/books/listBooks.
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  filter: true,
  // A stolen token is valid for up to ten minutes, so it must not outlive the page.
  persistAuthorization: false,
  // Schemas are closed below the operations: each operation shows its own.
  defaultModelsExpandDepth: 0,
  // By default, Swagger UI sends the contract's URL to a public validator.
  validatorUrl: null,
});
