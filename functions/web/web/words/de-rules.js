// German: the words of the library's rules, which only librarians see.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, list }) => ({
  rules: "Regeln",
  theRules: "Das Regelwerk",
  open: "geöffnet",
  closed: "geschlossen",
  asEveryWeek: "wie jede Woche",
  numberBetween: (/** @type {number} */ least, /** @type {number} */ most) => `Eine Zahl von ${number(least)} bis ${number(most)}.`,

  // The library.
  library: "Die Bibliothek",
  libraryName: "Name",
  libraryNameProblem: "Ein Name mit 1 bis 60 Buchstaben.",
  address: "Anschrift",
  addressHow: "Höchstens vier Zeilen. Sie steht auf Briefen und unter „Über uns“.",
  addressProblem: "Höchstens vier Zeilen mit je 80 Buchstaben.",
  contactEmail: "E-Mail für Leser",
  contactPhone: "Telefon",
  phoneProblem: "Höchstens 40 Buchstaben.",
  on: "an",
  off: "aus",

  // When it is open.
  openingHours: "Öffnungszeiten",
  hoursHow: "Ohne Uhrzeiten ist die Bibliothek den ganzen Tag geöffnet.",
  opensOn: (/** @type {string} */ weekday) => `${weekday}, von`,
  closesOn: (/** @type {string} */ weekday) => `${weekday}, bis`,
  bothHours: "Bitte sagen, ab wann und bis wann.",
  closesLater: "Später als die Öffnung.",
  closedDates: "Schließtage",
  closedDatesHow:
    "Ein Druck auf einen Tag schließt ihn, oder öffnet ihn, wenn die Bibliothek sonst geschlossen ist. An Schließtagen ist nichts fällig.",
  tooManyDates: "Höchstens 500 Tage.",
  closedEveryWeek: "jede Woche geschlossen",
  openedThisTime: "dieses Mal geöffnet",
  isToday: "heute",
  isDueDay: "Fälligkeit eines heute verliehenen Buches",
  monthsBefore: "Frühere Monate",
  monthsAfter: "Nächste Monate",
  closeSeveral: "Mehrere Tage schließen",
  fromDay: "Von",
  toDay: "Bis",
  closeThem: "Schließen",
  daysClosed: (/** @type {number} */ n) =>
    count(n, { one: "Ein Tag ist geschlossen.", other: `${number(n)} Tage sind geschlossen.` }),
  closedOn: "Geschlossen:",
  openedOn: "Geöffnet, obwohl sonst geschlossen:",
  andMore: (/** @type {number} */ n) => `und ${number(n)} weitere`,

  // What readers may borrow.
  groups: "Ausleihe nach Gruppen",
  group: "Gruppe",
  groupNamed: (/** @type {string} */ group) => `Gruppe ${name(group)}`,
  groupName: "Ein Name mit 1 bis 40 Buchstaben.",
  limits: { loanDays: "Tage", loans: "Bücher", renewals: "Verlängerungen", reservations: "Vormerkungen" },
  limitOf: (/** @type {string} */ group, /** @type {string} */ limit) => `${name(group)}: ${limit}`,
  addGroup: "Gruppe hinzufügen",
  removeGroup: (/** @type {string} */ group) => `${name(group)} entfernen`,
  usualGroup: (/** @type {string} */ group) => `Wer in keiner anderen Gruppe ist, ist in ${name(group)}.`,
  pickUp: "Ein zurückgelegtes Buch wartet",
  days: "Tage",

  // Letters, languages and time.
  letters: "Briefe",
  letterKinds: { ready: "Abholbereit", dueSoon: "Bald fällig", overdue: "Überfällig" },
  reminder: "Brief, bevor ein Buch fällig ist",
  daysBefore: "Tage vorher, 0 für keinen",
  lettersAfter: "Nach",
  letterAfter: (/** @type {number} */ step) => `${number(step)}. Brief nach, Tage`,
  laterLetters: "Mehr Tage als beim Brief davor.",
  lettersHow: "Leser können sie für sich abschalten, nicht aber Briefe zu ihrem Passwort.",
  time: "Sprache und Zeit",
  language: "Sprache der Briefe",
  languageHow: "Für Leser, die keine gewählt haben.",
  timeZone: "Zeitzone",
  timeZoneHow: "Nach ihr beginnt und endet ein Tag der Bibliothek, wo immer die Leser sind.",

  // What it means.
  meaning: "Was das heißt",
  mendFirst: "Zuerst berichtigen, was markiert ist.",
  lentToday: (/** @type {string} */ day) => `Ein <m>heute</m> verliehenes Buch ist fällig am <m>${day}</m>.`,
  lentTodayTo: (/** @type {string[]} */ groups, /** @type {string} */ day) =>
    `<m>Heute</m> verliehen an ${list(groups.map(name))}, ist es fällig am <m>${day}</m>.`,
  dueMoved: (/** @type {number} */ days, /** @type {string} */ day, /** @type {string} */ then) =>
    `In ${count(days, { one: "einem Tag", other: `${number(days)} Tagen` })} wäre ${day}. Da ist geschlossen, also ist es fällig am <m>${then}</m>.`,
  waitsUntil: (/** @type {string} */ day) => `Ein heute zurückgelegtes Buch wartet bis <m>${day}</m>.`,
  waitMoved: (/** @type {string} */ day) => `Geschlossen ist am ${day}.`,
  nothingMoves: "Kein versprochener Tag ändert sich durch diese Regeln. Sie gelten ab der nächsten Ausleihe.",

  // Saving.
  takeBackChanges: "Änderungen verwerfen",
  changes: (/** @type {number} */ n, /** @type {string[]} */ what) =>
    `${count(n, { one: "Eine Änderung", other: `${number(n)} Änderungen` })}: ${what.join("; ")}${n > what.length ? " …" : ""}`,
  conflictLead:
    "Jemand anders hat die Regeln inzwischen gespeichert. Nichts ist verloren. Bitte wählen, was gilt, wo sich die beiden unterscheiden.",
  invalidRules: {
    name: "Ein Name mit 1 bis 60 Buchstaben.",
    "contact/email": "An diese Adresse können keine Briefe gehen.",
    openingDays: "In einem ganzen Jahr gäbe es keinen offenen Tag.",
    closedDates: "Nicht vor heute, und höchstens drei Jahre im Voraus.",
    openedDates: "Nicht vor heute, und höchstens drei Jahre im Voraus.",
    timeZone: "Diese Zeitzone kennt niemand.",
    groups: "In einer Gruppe, die entfernt werden soll, sind noch Leser. Bitte zuerst in eine andere Gruppe nehmen.",
  },
});
