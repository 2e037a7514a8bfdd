// Español.

/** @type {typeof import("./en.js").default} */
export default ({ count, number }) => ({
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
  didNotWork: "No ha funcionado",
  noAnswer: "No llegó respuesta",
  noAnswerWhy: "Quizá se cortó la línea. No se ha perdido nada: inténtelo de nuevo.",
  signedOutElsewhere: "Se cerró su sesión en otra pestaña.",
  signedOutBecause: "Se cerró su sesión: nadie estuvo aquí durante un tiempo, o se cerró en otro lugar.",
  notOnShelves: "Esto no está en nuestros estantes",
  notOnShelvesWhy: "Quizá la página se ha mudado, o su dirección tiene un error. El libro que busca puede estar aquí.",

  home: "Inicio",
  welcome: "¿Qué le gustaría leer?",
  findWhat: "Título, autor o ISBN",
  findHint: "Palabras del título, del autor o del tema, o el número bajo el código de barras.",
  scanBarcode: "Escanear un código de barras",
  newOnShelves: "Nuevo en los estantes",
  allNewBooks: "Todas las novedades",
  shelvesEmpty: "Los estantes aún están vacíos. Quien tenga una cuenta puede añadir el primer libro.",

  freeOf: (free, copies) =>
    free
      ? count(free, { one: `${number(free)} de ${number(copies)} libre`, other: `${number(free)} de ${number(copies)} libres` })
      : "Todos prestados",
  yearBefore: (year) => `${year} a. C.`,
  written: "Escrito en",
  language: "Idioma",
});
