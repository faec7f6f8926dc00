/** Why something failed, as far as its user can do something about it. */
export type ErrorCode =
  "NETWORK_ERROR" | "PERMISSION_DENIED" | "TIMEOUT" | "VALIDATION_ERROR" | "WORKFLOW_FAILED" | "CANCELLED" | "UNKNOWN";

/** The kinds that error tracking counts by. */
export type ErrorType = "network" | "permission" | "timeout" | "validation" | "workflow" | "unknown";

const sentences: Record<ErrorCode, { type: ErrorType; en: string; fr: string }> = {
  NETWORK_ERROR: {
    type: "network",
    en: "We could not reach the server. Check your connection and try again.",
    fr: "Le serveur est injoignable. Vérifiez votre connexion, puis réessayez.",
  },
  PERMISSION_DENIED: {
    type: "permission",
    en: "You don't have access to this. Sign in again, or ask an administrator.",
    fr: "Vous n’avez pas accès à cet élément. Reconnectez-vous, ou adressez-vous à un administrateur.",
  },
  TIMEOUT: {
    type: "timeout",
    en: "This took too long. Try again in a moment.",
    fr: "L’opération a pris trop de temps. Réessayez dans un instant.",
  },
  VALIDATION_ERROR: {
    type: "validation",
    en: "Something in what you entered is not right. Check it and try again.",
    fr: "Une des données saisies n’est pas valide. Vérifiez-la, puis réessayez.",
  },
  WORKFLOW_FAILED: {
    type: "workflow",
    en: "We could not finish this. Your work so far is kept; try again.",
    fr: "L’opération n’a pas abouti. Votre travail est conservé ; réessayez.",
  },
  CANCELLED: { type: "unknown", en: "This was cancelled.", fr: "L’opération a été annulée." },
  UNKNOWN: {
    type: "unknown",
    en: "Something went wrong. Try again, or tell us what happened.",
    fr: "Une erreur est survenue. Réessayez, ou dites-nous ce qui s’est passé.",
  },
};

const isCode = (code: unknown): code is ErrorCode => typeof code === "string" && Object.hasOwn(sentences, code);

/** What to tell the user, in English or French; a plain sentence where `code` is none of ours. `language` is the page's own by default. */
export function getUserMessage(code: string, language?: string): string {
  const spoken = language ?? globalThis.document?.documentElement.lang ?? "";
  const { en, fr } = sentences[isCode(code) ? code : "UNKNOWN"];
  return /^fr\b/i.test(spoken) ? fr : en;
}

export function typeOf(code: ErrorCode): ErrorType {
  return sentences[code].type;
}

/** The code that `error` carries, or that its name, its status or the engine's own words speak of. Never throws. */
export function codeOf(error: unknown): ErrorCode {
  try {
    const { code, name, status, message, response } = (error ?? {}) as Record<string, any>;
    if (isCode(code)) return code;
    if (name === "AbortError") return "CANCELLED";
    if (name === "TimeoutError") return "TIMEOUT";
    const answered = codeOfStatus(Number(status ?? response?.status));
    if (answered) return answered;
    // What Chrome, Firefox and Safari say where a fetch has had no answer; none of them has a name for it.
    const isUnreached = /^(Failed to fetch|NetworkError when attempting|Load failed)/.test(String(message));
    return name === "TypeError" && isUnreached ? "NETWORK_ERROR" : "UNKNOWN";
  } catch {
    return "UNKNOWN";
  }
}

function codeOfStatus(status: number): ErrorCode | undefined {
  if (status === 401 || status === 403) return "PERMISSION_DENIED";
  if (status === 408 || status === 504) return "TIMEOUT";
  if (status === 400 || status === 422) return "VALIDATION_ERROR";
  return undefined;
}
