// Español.

/** @type {typeof import("./en.js").default} */
export default ({ count, number, name, date, day, plainDay }) => ({
  skip: "Ir al contenido",
  mainMenu: "Menú principal",
  search: "Buscar",
  myBooks: "Mis libros",
  about: "Nosotros",
  account: "Cuenta",
  yourAccount: "su cuenta",
  addBook: "Añadir un libro",
  signIn: "Entrar",
  signOut: "Salir",
  aboutLibrary: "Sobre la biblioteca",
  oldBooks: "Libros antiguos",
  catalogueBy: "Catálogo de Carrel, con una <a>interfaz para programas</a>",
  siteLanguage: "Idioma de este sitio",
  lightOrDark: "Claro u oscuro",
  light: "Claro",
  dark: "Oscuro",
  auto: "Auto",
  noTitle: "Sin título",
  remove: "quitar",
  backToStart: "Volver al inicio",

  offline: "No hay conexión.",
  offlineWhy: "Lo que ve se queda. Buscar, reservar y guardar esperan hasta que vuelva la conexión.",
  halfMissing: "Falta la mitad de esta página",
  halfMissingWhy: "Una parte del sitio no ha llegado, quizá porque se cortó la línea.",
  loadAgain: "Cargar de nuevo",
  tryAgain: "Intentar de nuevo",
  tryAgainIn: (seconds) => `Intentar de nuevo en ${number(seconds)} s`,
  timeLeft: "Tiempo hasta el próximo intento",
  numberHelps: "Si pregunta a la biblioteca, este número ayuda:",
  didNotWork: "No ha funcionado",
  noAnswer: "No llegó respuesta",
  noAnswerWhy: "Quizá se cortó la línea. No se ha perdido nada: inténtelo de nuevo.",
  signInFirst: "Entre primero",
  signInFirstWhy: "Entre, y volverá a esta página.",
  signedOutElsewhere: "Se cerró su sesión en otra pestaña.",
  signedOutBecause: "Se cerró su sesión: nadie estuvo aquí durante un tiempo, o se cerró en otro lugar.",
  notAllowed: "No puede hacer esto",
  notAllowedWhy: "Solo quien añadió un libro y los bibliotecarios pueden hacerlo.",
  notHere: "Esto no está aquí",
  notHereWhy: "Quizá se quitó hace un momento.",
  slower: "Un poco más despacio, por favor",
  slowerWhy: "Desde aquí llegaron muchas peticiones en poco tiempo. En un momento seguimos solos.",
  waitFor: (seconds) =>
    seconds < 90
      ? count(seconds, { one: "Inténtelo de nuevo en un segundo.", other: `Inténtelo de nuevo en ${number(seconds)} segundos.` })
      : count(Math.ceil(seconds / 60), {
          one: "Inténtelo de nuevo en un minuto.",
          other: `Inténtelo de nuevo en ${number(Math.ceil(seconds / 60))} minutos.`,
        }),
  busy: "Ahora hay mucho trabajo",
  busyWhy: "Preguntamos dos veces y no llegó respuesta. No es culpa suya.",
  askingAgain: "Preguntamos una vez más por nuestra cuenta.",
  ourFault: "Algo falló por nuestra parte",
  ourFaultWhy: "No es culpa suya; el resto del sitio funciona.",
  notOnShelves: "Esto no está en nuestros estantes",
  notOnShelvesWhy: "Quizá la página se ha mudado, o su dirección tiene un error. El libro que busca puede estar aquí.",

  home: "Inicio",
  welcome: "¿Qué le gustaría leer?",
  findWhat: "Título, autor o ISBN",
  findHint: "Las primeras palabras de un título, el nombre completo de un autor o el número bajo el código de barras.",
  newOnShelves: "Nuevo en los estantes",
  allNewBooks: "Todas las novedades",
  shelvesEmpty: "Los estantes aún están vacíos. Quien tenga una cuenta puede añadir el primer libro.",

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
  freeOf: (free, copies) =>
    free
      ? count(free, { one: `${number(free)} de ${number(copies)} libre`, other: `${number(free)} de ${number(copies)} libres` })
      : "Todos prestados",

  written: "Escrito en",
  yearBefore: (year) => `${year} a. C.`,
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
