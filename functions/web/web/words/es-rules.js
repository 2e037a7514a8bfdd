// Spanish: the words of the library's rules, which only librarians see.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, list }) => ({
  rules: "Normas",
  theRules: "las normas",
  open: "abierta",
  closed: "cerrada",
  asEveryWeek: "como cada semana",
  numberBetween: (/** @type {number} */ least, /** @type {number} */ most) => `Un número de ${number(least)} a ${number(most)}.`,

  // The library.
  library: "La biblioteca",
  libraryName: "Nombre",
  libraryNameProblem: "Un nombre de 1 a 60 letras.",
  address: "Dirección",
  addressHow: "Como mucho cuatro líneas. Está en las cartas y en «La biblioteca».",
  addressProblem: "Como mucho cuatro líneas de 80 letras.",
  contactEmail: "Correo para lectores",
  contactPhone: "Teléfono",
  phoneProblem: "Como mucho 40 letras.",
  on: "sí",
  off: "no",

  // When it is open.
  openingHours: "Horario",
  hoursHow: "Sin horas, la biblioteca está abierta todo el día.",
  opensOn: (/** @type {string} */ weekday) => `${weekday}, desde`,
  closesOn: (/** @type {string} */ weekday) => `${weekday}, hasta`,
  bothHours: "Indica desde cuándo y hasta cuándo.",
  closesLater: "Más tarde que la apertura.",
  closedDates: "Días cerrados",
  closedDatesHow:
    "Pulsa un día para cerrarlo, o para abrirlo si la biblioteca cierra ese día cada semana. Nada vence en un día cerrado.",
  tooManyDates: "Como mucho 500 días.",
  closedEveryWeek: "cerrada cada semana",
  openedThisTime: "abierta esta vez",
  isToday: "hoy",
  isDueDay: "vencimiento de un libro prestado hoy",
  monthsBefore: "Meses anteriores",
  monthsAfter: "Meses siguientes",
  closeSeveral: "Cerrar varios días",
  fromDay: "Desde",
  toDay: "Hasta",
  closeThem: "Cerrarlos",
  daysClosed: (/** @type {number} */ n) => count(n, { one: "Un día cerrado.", other: `${number(n)} días cerrados.` }),
  closedOn: "Cerrada:",
  openedOn: "Abierta en un día que cierra cada semana:",
  andMore: (/** @type {number} */ n) => `y ${number(n)} más`,

  // What readers may borrow.
  groups: "Préstamos por grupo",
  group: "Grupo",
  groupNamed: (/** @type {string} */ group) => `Grupo ${name(group)}`,
  groupName: "Un nombre de 1 a 40 letras.",
  limits: { loanDays: "Días", loans: "Libros", renewals: "Renovaciones", reservations: "Reservas" },
  limitOf: (/** @type {string} */ group, /** @type {string} */ limit) => `${name(group)}: ${limit}`,
  addGroup: "Añadir un grupo",
  removeGroup: (/** @type {string} */ group) => `Quitar ${name(group)}`,
  usualGroup: (/** @type {string} */ group) => `Quien no está en otro grupo está en ${name(group)}.`,
  pickUp: "Un libro apartado espera",
  days: "días",

  // Letters, languages and time.
  letters: "Cartas",
  letterKinds: { ready: "Listo para recoger", dueSoon: "Vence pronto", overdue: "Con retraso" },
  reminder: "Carta antes del vencimiento",
  daysBefore: "días antes, 0 para ninguna",
  lettersAfter: "Tras",
  letterAfter: (/** @type {number} */ step) => `Carta ${number(step)} tras, días`,
  laterLetters: "Más días que la carta anterior.",
  lettersHow: "Los lectores pueden desactivarlas, pero no las cartas sobre su contraseña.",
  time: "Idioma y hora",
  language: "Idioma de las cartas",
  languageHow: "Para lectores que no han elegido ninguno.",
  timeZone: "Zona horaria",
  timeZoneHow: "Según ella empieza y acaba un día de la biblioteca, estén donde estén los lectores.",

  // What it means.
  meaning: "Qué significa",
  mendFirst: "Corrige primero lo que está marcado.",
  lentToday: (/** @type {string} */ day) => `Un libro prestado <m>hoy</m> vence el <m>${day}</m>.`,
  lentTodayTo: (/** @type {string[]} */ groups, /** @type {string} */ day) =>
    `Prestado <m>hoy</m> a ${list(groups.map(name))}, vence el <m>${day}</m>.`,
  dueMoved: (/** @type {number} */ days, /** @type {string} */ day, /** @type {string} */ then) =>
    `Dentro de ${count(days, { one: "un día", other: `${number(days)} días` })} será ${day}. Ese día está cerrada, así que vence el <m>${then}</m>.`,
  waitsUntil: (/** @type {string} */ day) => `Un libro apartado hoy espera hasta el <m>${day}</m>.`,
  waitMoved: (/** @type {string} */ day) => `Está cerrada el ${day}.`,
  nothingMoves: "Lo que cambias aquí no mueve ningún vencimiento. Cuenta desde el próximo préstamo.",

  // Saving.
  takeBackChanges: "Deshacer mis cambios",
  changes: (/** @type {number} */ n, /** @type {string[]} */ what) =>
    `${count(n, { one: "Un cambio", other: `${number(n)} cambios` })}: ${what.join("; ")}${n > what.length ? " …" : ""}`,
  conflictLead:
    "Otra persona guardó las normas mientras escribías. No se ha perdido nada tuyo. Elige qué cuenta donde las dos difieren.",
  invalidRules: {
    name: "Un nombre de 1 a 60 letras.",
    "contact/email": "A esta dirección no pueden llegar cartas.",
    openingDays: "En un año entero no habría ningún día abierto.",
    closedDates: "No antes de hoy, y como mucho dentro de tres años.",
    openedDates: "No antes de hoy, y como mucho dentro de tres años.",
    timeZone: "Nadie conoce esta zona horaria.",
    groups: "Aún hay lectores en un grupo que quitas. Pásalos antes a otro.",
  },
});
