const texts = {
  en: { retry: "Try again", help: "Get help", dismiss: "Dismiss" },
  fr: { retry: "Réessayer", help: "Obtenir de l’aide", dismiss: "Fermer" },
};

/** What stands on the buttons, in the page's language. */
export function buttonTexts(): { retry: string; help: string; dismiss: string } {
  return /^fr\b/i.test(globalThis.document?.documentElement.lang ?? "") ? texts.fr : texts.en;
}
