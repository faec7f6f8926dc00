import { computed, onScopeDispose, shallowRef, type ComputedRef } from "vue";
import { close, getState, open, openWithPrefill, subscribe, type SupportWidget } from "../support/index.ts";

export { useSupportTrigger } from "../support/index.ts";

/** The support widget's state, as refs, and what opens and closes it. */
export interface SupportRefs extends Pick<SupportWidget, "open" | "openWithPrefill" | "close"> {
  isOpen: ComputedRef<boolean>;
  prefillMessage: ComputedRef<string>;
  prefillActionType: ComputedRef<string>;
}

/** To be called while a component is set up, or in another scope that ends. */
export function useSupportWidget(): SupportRefs {
  const state = shallowRef(getState());
  onScopeDispose(subscribe(() => (state.value = getState())));
  return {
    isOpen: computed(() => state.value.isOpen),
    prefillMessage: computed(() => state.value.prefillMessage),
    prefillActionType: computed(() => state.value.prefillActionType),
    open,
    openWithPrefill,
    close,
  };
}
