// Español: la búsqueda y la página de un libro.

/** @type {typeof import("./en-books.js").default} */
export default ({ count, number, name, date, day }) => ({
  booksFor: (q) => `Libros para «${name(q)}»`,
  noBookFor: (q) => `Ningún libro para «${name(q)}»`,
  allBooks: "Todos los libros",
  newestBooks: "Libros nuevos",
  nothingFound: "Nada se escribe así, ni casi así. Pruebe con menos palabras o con otra grafía.",
  nothingWithFilters: "Con estos filtros nada se escribe así. Sin ellos puede haber más.",
  isbnMistyped: "Este ISBN tiene un error: la última cifra no encaja con las demás. Compárelo con el del libro.",
  withoutFilters: "Buscar sin filtros",
  corrected: (typed, searched) => `Ningún libro tiene «${name(typed)}». Estos tienen <b>${searched}</b>.`,
  changeWords: "Cambiar las palabras",
  leftOut: (word) => `Omitido: <b>${word}</b>. Ningún libro lo tiene junto con lo demás.`,
  searchAlone: (word) => `Buscar solo «${name(word)}»`,
  suggestions: "Sugerencias",
  suggested: (n) => count(n, { one: "Una sugerencia", other: `${number(n)} sugerencias` }),
  holdBarcode: "Ponga el código de barras entre las esquinas.",
  noIsbn: "Eso no es un ISBN. Es el código de barras que empieza por 978 o 979.",
  cameraRefused: "El navegador no puede usar la cámara. Permítalo en sus ajustes o escriba el número bajo el código de barras.",
  cameraMissing: "Aquí no se puede usar ninguna cámara. Escriba el número bajo el código de barras.",
  typeInstead: "Mejor escribirlo",
  close: "Cerrar",
  seeAllBooks: "Ver todos los libros",
  searchOldBooks: "Mirar en los libros antiguos",
  filterAndSort: "Filtrar y ordenar",
  filtersOn: (n) => count(n, { one: `${number(n)} activo`, other: `${number(n)} activos` }),
  narrow: "Mostrar estos",
  byAuthor: "Autor",
  yearHint: "Antes de nuestra era, con signo menos: −700",
  yearWrong: "Un año tiene de una a cuatro cifras, como 1813 o −700.",
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
  dayOf: date,
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
