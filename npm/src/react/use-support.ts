import { useMemo, useSyncExternalStore } from "react";
import {
  close,
  getState,
  open,
  openWithPrefill,
  subscribe,
  trigger,
  type SupportTrigger,
  type SupportWidget,
  type TriggerContext,
} from "../support/index.ts";

/** The support widget's state, and what opens and closes it. The functions stay the same from rendering to rendering. */
export function useSupportWidget(): Readonly<SupportWidget> {
  const state = useSyncExternalStore(subscribe, getState, getState);
  return { ...state, open, openWithPrefill, close };
}

/** `trigger` of one action or page: reports an error, and lets the support widget open for it. `context` goes along with all of it. */
export function useSupportTrigger(context: Partial<TriggerContext> = {}): SupportTrigger {
  const key = JSON.stringify(context);
  return useMemo(() => {
    const given = { action: "generic_unexpected_error", ...(JSON.parse(key) as Partial<TriggerContext>) };
    return { trigger: (error, more) => trigger(error, { ...given, ...more }) };
  }, [key]);
}
