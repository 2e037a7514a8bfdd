// Español: la página de un libro.

/** @type {typeof import("./en-book.js").default} */
export default ({ count, number, name, date, day }) => ({
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
});
