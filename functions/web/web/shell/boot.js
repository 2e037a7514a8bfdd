// Sets theme and language before the first paint. It is a classic script: a module would run too late.
// Says a sentence if the site's modules do not arrive.
(() => {
  /** @type {Record<string, [sentence: string, label: string]>} */
  const MISSING = {
    en: ["A part of this page did not arrive.", "Load it again"],
    de: ["Ein Teil dieser Seite ist nicht angekommen.", "Noch einmal laden"],
    fr: ["Une partie de cette page n’est pas arrivée.", "Recharger la page"],
    es: ["Una parte de esta página no ha llegado.", "Cargar de nuevo"],
  };
  const root = document.documentElement;

  /** Reads what this browser remembers. Nothing, where storage is blocked.
   * @param {string} key */
  function remembered(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  /** The first shipped language among tags such as `de_DE.UTF-8`.
   * @param {(string | null)[]} tags */
  function shipped(tags) {
    const languages = tags.map(
      (tag) =>
        String(tag || "")
          .toLowerCase()
          .split(/[-_.@]/)[0],
    );
    return languages.find((language) => Object.hasOwn(MISSING, language)) || "en";
  }

  const theme = remembered("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  root.lang = shipped([remembered("language"), ...(navigator.languages || []), navigator.language]);

  // A letter's link brings a token. It leaves the address before anything is sent, and waits in memory for its page.
  const address = new URL(location.href);
  const token = address.searchParams.get("token");
  if (token) {
    Object.assign(window, { letterToken: token });
    history.replaceState(history.state, "", address.pathname);
  }

  addEventListener(
    "error",
    (event) => {
      const main = document.getElementById("main");
      if (!(event.target instanceof HTMLScriptElement) || !main) return;
      const [sentence, label] = MISSING[root.lang];
      const button = document.createElement("button");
      button.className = "btn main";
      button.append(label);
      button.onclick = () => location.reload();
      const heading = document.createElement("h1");
      heading.append(sentence);
      main.replaceChildren(heading, button);
    },
    true,
  );
})();
