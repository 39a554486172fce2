// What the page of boards says of what is kept. In both languages.

const nb = "\u00a0";

const fr = {
  title: "Gardé sur cet appareil",
  help: "Ce que vous avez dessiné sur ces tableaux n’est pas encore enregistré. Ouvrez-les pour le reprendre. Si un tableau ne vous est plus ouvert, téléchargez ce que vous y avez dessiné.",
  download: "Télécharger",
  discard: "Abandonner",
  discardAsked: (title: string) => `Effacer de cet appareil ce que vous avez dessiné sur «${nb}${title}${nb}», et qui n’est pas enregistré${nb}?`,
  forBoard: (what: string, title: string) => `${what}${nb}: ${title}`,
  nothing: `Il n’y a pas d’objet à télécharger${nb}: seulement des suppressions, ou le fond du tableau.`,
};

const en: typeof fr = {
  title: "Kept on this device",
  help: "What you drew on these boards is not saved yet. Open them to resume it. If a board is no longer open to you, download what you drew on it.",
  download: "Download",
  discard: "Discard",
  discardAsked: (title) => `Erase from this device what you drew on “${title}”, which is not saved?`,
  forBoard: (what, title) => `${what}: ${title}`,
  nothing: "There is no object to download: only deletions, or the background of the board.",
};

export type KeptWords = typeof fr;

/** In the language of the page. */
export function wordsHere(): KeptWords {
  return document.documentElement.lang.startsWith("fr") ? fr : en;
}
