// Who stands at the counter: a card brings a reader, the next one or an order finishes the visit.

/** @typedef {import("./counter.js").Desk} Desk */
/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {import("./counter.js").Reader} Reader */
/** @typedef {import("./counter.js").Outcome} Outcome */
/** @typedef {import("./counter.js").Deed} Deed */

/** @param {Desk} desk */
export function visiting(desk) {
  const { call, withBooks, reader, loans, outcome, left, deeds } = desk;

  /** @param {string} code @returns {Promise<Reader | undefined>} */
  const holderOf = async (code) => {
    const { data } = await call("listUsers", { query: { query: code } });
    return data.items.find((/** @type {Reader} */ { card }) => card === code);
  };

  /** @param {string} code @param {Entry} entry */
  const byCard = async (code, entry) => {
    const holder = await holderOf(code);
    return holder && open(holder, entry);
  };

  /** Brings a reader to the counter. The one before is finished.
   * @param {Reader} next @param {Entry} entry @returns {Promise<Outcome | undefined>} */
  const open = async (next, entry) => {
    const asked = [outcome.value, ...left.value].find((one) => one?.byCard?.(next.id));
    const answer = asked?.byCard?.(next.id);
    if (asked && answer?.run) {
      desk.settle(asked);
      return answer.run(entry);
    }
    if (next.disabled) return desk.make("disabled", "stop", { person: next });
    const isSame = reader.value?.id === next.id;
    const listed = await call("listReservations", { query: { reader: next.id, limit: 100 } });
    if (!isSame) endVisit();
    reader.value = next;
    loans.value = await withBooks(listed.data.items);
    return desk.make(isSame ? "stillHere" : "atCounter", "quiet", { person: next });
  };

  const endVisit = () => {
    reader.value = null;
    loans.value = [];
    deeds.value = deeds.value.map((deed) => ({ ...deed, inVisit: false }));
  };

  /** Loads what the reader has again, after a step of another page or a lost answer. */
  const reload = async () => {
    const here = reader.value;
    if (!here) return;
    const [{ data: profile }, { data }] = await Promise.all([
      call("getUser", { path: { userId: here.id } }),
      call("listReservations", { query: { reader: here.id, limit: 100 } }),
    ]);
    const shown = await withBooks(data.items);
    if (reader.value?.id !== here.id) return;
    reader.value = profile;
    loans.value = shown;
  };

  /** Finishes the visit. What is not settled is asked about, once.
   * @param {boolean} [sure] @returns {Outcome | undefined} */
  const finish = (sure = false) => {
    const who = reader.value;
    if (!who) return undefined;
    const unsettled = [...left.value, outcome.value].filter((one) => one?.needs);
    if (!sure && unsettled.length) {
      const all = { name: "finishAnyway", main: true, run: async () => finish(true) };
      return desk.make(
        "unsettled",
        "ask",
        { count: unsettled.length, title: unsettled[0]?.facts.title },
        { answers: [all], needs: false },
      );
    }
    const receipt = receiptOf(who);
    const lines = deeds.value.filter((deed) => deed.inVisit && !deed.undone);
    const counts = { lent: lines.filter(isLending).length, back: lines.filter(isReturning).length };
    endVisit();
    const answers = [
      { name: "receipt", run: async () => desk.print({ receipt }) },
      { name: "bringBack", facts: { person: who }, run: async (/** @type {Entry} */ entry) => open(who, entry) },
    ];
    return desk.make("finished", "quiet", { person: who, ...counts }, { answers });
  };

  /** @param {Reader} who */
  const receiptOf = (who) => ({
    reader: who,
    loans: loans.value,
    back: deeds.value.filter((deed) => deed.inVisit && !deed.undone && isReturning(deed)).map(({ book }) => book.title || ""),
  });

  return { holderOf, byCard, open, endVisit, reload, finish, receiptOf };
}

/** @param {Deed} deed */
export const isLending = ({ what }) => what === "lent" || what === "handedOver";

/** @param {Deed} deed */
export const isReturning = ({ what, person }) => what === "takenBack" || (what === "putAside" && Boolean(person));
