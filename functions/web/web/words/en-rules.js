// English: the words of the library's rules, which only librarians see.

/** @param {import("../shell/i18n.js").Tools} tools */
export default ({ count, number, name, list }) => ({
  rules: "Rules",
  theRules: "the rules",
  open: "open",
  closed: "closed",
  asEveryWeek: "as every week",
  numberBetween: (/** @type {number} */ least, /** @type {number} */ most) => `A number from ${number(least)} to ${number(most)}.`,

  // The library.
  library: "The library",
  libraryName: "Name",
  libraryNameProblem: "A name of 1 to 60 letters.",
  address: "Address",
  addressHow: "At most four lines. It stands on letters and under About.",
  addressProblem: "At most four lines of 80 letters.",
  contactEmail: "Email for readers",
  contactPhone: "Phone",
  phoneProblem: "At most 40 letters.",
  on: "on",
  off: "off",

  // When it is open.
  openingHours: "Opening hours",
  hoursHow: "Without hours, the library is open all day.",
  opensOn: (/** @type {string} */ weekday) => `${weekday}, from`,
  closesOn: (/** @type {string} */ weekday) => `${weekday}, until`,
  bothHours: "Say from when and until when.",
  closesLater: "Later than it opens.",
  closedDates: "Closed dates",
  closedDatesHow:
    "Press a day to close it, or to open it where the library is closed every week. Nothing falls due on a closed day.",
  tooManyDates: "At most 500 dates.",
  closedEveryWeek: "closed every week",
  openedThisTime: "open this time",
  isToday: "today",
  isDueDay: "due day of a book lent today",
  monthsBefore: "Earlier months",
  monthsAfter: "Next months",
  closeSeveral: "Close several days",
  fromDay: "From",
  toDay: "To",
  closeThem: "Close them",
  daysClosed: (/** @type {number} */ n) => count(n, { one: "One day is closed.", other: `${number(n)} days are closed.` }),
  closedOn: "Closed:",
  openedOn: "Open on a day that is closed every week:",
  andMore: (/** @type {number} */ n) => `and ${number(n)} more`,

  // What readers may borrow.
  groups: "Loans by group",
  group: "Group",
  groupNamed: (/** @type {string} */ group) => `Group ${name(group)}`,
  groupName: "A name of 1 to 40 letters.",
  limits: { loanDays: "Days", loans: "Books", renewals: "Renewals", reservations: "Reserved" },
  limitOf: (/** @type {string} */ group, /** @type {string} */ limit) => `${name(group)}: ${limit}`,
  addGroup: "Add a group",
  removeGroup: (/** @type {string} */ group) => `Remove ${name(group)}`,
  usualGroup: (/** @type {string} */ group) => `Whoever is in no other group is in ${name(group)}.`,
  pickUp: "A book put aside waits",
  days: "days",

  // Letters, languages and time.
  letters: "Letters",
  letterKinds: { ready: "Ready to collect", dueSoon: "Due soon", overdue: "Overdue" },
  reminder: "Letter before a book is due",
  daysBefore: "days before, 0 for none",
  lettersAfter: "After",
  letterAfter: (/** @type {number} */ step) => `Letter ${number(step)} after, days`,
  laterLetters: "More days than the letter before.",
  lettersHow: "Readers can switch these off for themselves, but not letters about their password.",
  time: "Language and time",
  language: "Language of letters",
  languageHow: "For readers who have chosen none.",
  timeZone: "Time zone",
  timeZoneHow: "A day of the library begins and ends here, wherever its readers are.",

  // What it means.
  meaning: "What this means",
  mendFirst: "Mend what is marked first.",
  lentToday: (/** @type {string} */ day) => `A book lent <m>today</m> is due <m>${day}</m>.`,
  lentTodayTo: (/** @type {string[]} */ groups, /** @type {string} */ day) =>
    `Lent <m>today</m> to ${list(groups.map(name))}, it is due <m>${day}</m>.`,
  dueMoved: (/** @type {number} */ days, /** @type {string} */ day, /** @type {string} */ then) =>
    `${count(days, { one: "The next day", other: `${number(days)} days from now` })} would be ${day}. We are closed then, so it is due <m>${then}</m>.`,
  waitsUntil: (/** @type {string} */ day) => `A book put aside today waits until <m>${day}</m>.`,
  waitMoved: (/** @type {string} */ day) => `We are closed on ${day}.`,
  nothingMoves: "Nobody’s due day moves by what you change here. It counts from the next loan.",

  // Saving.
  takeBackChanges: "Take back my changes",
  changes: (/** @type {number} */ n, /** @type {string[]} */ what) =>
    `${count(n, { one: "One change", other: `${number(n)} changes` })}: ${what.join("; ")}${n > what.length ? " …" : ""}`,
  conflictLead:
    "Somebody else saved the rules while you were writing. Nothing of yours is lost. Choose what counts where the two differ.",
  invalidRules: {
    name: "A name of 1 to 60 letters.",
    "contact/email": "This is not an address that letters can reach.",
    openingDays: "In a whole year there would be no open day.",
    closedDates: "Not before today, and at most three years ahead.",
    openedDates: "Not before today, and at most three years ahead.",
    timeZone: "Nobody knows this time zone.",
    groups: "Readers are still in a group that you remove. Put them in another one first.",
  },
});
