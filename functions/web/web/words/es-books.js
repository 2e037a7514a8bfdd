// Español: la búsqueda y la página de un libro.

/** @type {typeof import("./en-books.js").default} */
export default ({ count, number, name, date, day, plainDay }) => ({
  booksFor: (q) => `Libros para «${name(q)}»`,
  booksBy: (author) => `Libros de ${name(author)}`,
  noBookFor: (q) => `Ningún libro para «${name(q)}»`,
  allBooks: "Todos los libros",
  newestBooks: "Libros nuevos",
  nothingSpeltSo:
    "Ningún título empieza así, y ningún autor se llama exactamente así. Pruebe con menos letras, o con el nombre completo.",
  searchEverywhere: "Buscar títulos y autores",
  seeAllBooks: "Ver todos los libros",
  searchOldBooks: "Mirar en los libros antiguos",
  filterAndSort: "Filtrar y ordenar",
  filtersOn: (n) => count(n, { one: `${number(n)} activo`, other: `${number(n)} activos` }),
  searchIn: "Buscar en",
  inBoth: "Títulos y autores",
  inTitles: "Títulos",
  inAuthors: "Autores",
  sort: "Orden",
  byTitle: "Por título",
  newestFirst: "Lo más nuevo primero",
  showMore: "Ver más",
  booksSoFar: (n) => count(n, { one: "Un libro por ahora", other: `${number(n)} libros por ahora` }),
  thatWasAll: (n) => count(n, { one: "Era el único.", other: `Eran los ${number(n)}.` }),
  written: "Escrito en",
  language: "Idioma",
  country: "País",
  pages: "Páginas",
  isbn: "ISBN",
  editionOf: "Esta edición es del",
  onShelvesSince: "Con nosotros desde el",
  number,
  date,
  dayOf: plainDay,
  moreBy: (author) => `Más de ${name(author)}`,
  copiesFree: (free, copies) =>
    count(free, {
      one: `${number(free)} ejemplar libre de ${number(copies)}`,
      other: `${number(free)} ejemplares libres de ${number(copies)}`,
    }),
  allOut: (copies) =>
    count(copies, { one: "El ejemplar está prestado", other: `Los ${number(copies)} ejemplares están prestados` }),
  copiesUnknown: "Ahora no podemos ver el estante",
  waitsThreeDays: "Reserve uno ahora, y le espera tres días en el mostrador.",
  waitingNow: (n) =>
    count(n, {
      one: "Una persona espera. Póngase en la cola, y le escribimos cuando el suyo esté listo.",
      other: n
        ? `${number(n)} personas esperan. Póngase en la cola, y le escribimos cuando el suyo esté listo.`
        : "Nadie espera. Póngase en la cola, y el próximo ejemplar es suyo.",
    }),
  dueBack: (waiting, due) =>
    count(waiting, {
      one: `El primero debe volver el ${day(due)}; una persona espera.`,
      other: waiting
        ? `El primero debe volver el ${day(due)}; ${number(waiting)} personas esperan.`
        : `El primero debe volver el ${day(due)}; aún no espera nadie.`,
    }),
  reserve: "Reservar",
  joinQueue: "Ponerse en la cola",
  signInToReserve: "Entrar para reservar",
  save: "Guardar",
  copyLink: "Copiar enlace",
  copied: "El enlace está copiado.",
  copyByHand: "Este navegador no nos deja copiar. Aquí está el enlace:",
  movedToOldBooks: "Este libro ha dejado los estantes. Su ficha está en los libros antiguos.",
  seeOldBook: "Ver su ficha",
});
