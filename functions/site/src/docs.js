"use strict";

const docs = document.getElementById("docs");

SwaggerUIBundle({
  domNode: docs,
  url: docs.dataset.contract,
  // Every operation, and every group of them, has an address of its own: #/books/listBooks.
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  filter: true,
  // A token is as good as a password for ten minutes: it ends with the page.
  persistAuthorization: false,
  // Below the operations, closed: each shows the ones that it takes and gives anyway.
  defaultModelsExpandDepth: 0,
  // Otherwise the contract's address would be sent to a public service, to have it checked.
  validatorUrl: null,
});
