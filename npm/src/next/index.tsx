/** Mayday for Next.js: one `MaydayProvider` in the root layout. Importing this does nothing; on a server it renders its children. */

import { useEffect, useRef, type ReactNode } from "react";
import { addBreadcrumb, init, type LogEvent, type Options } from "../index.ts";
import { optionsOfEnvironment } from "./environment.ts";

export interface MaydayProviderProps {
  children?: ReactNode;
  /** Yours, where you have one; else one for each tab. */
  sessionId?: string;
  /** Where the user is, as your router spells it: `usePathname()`. Never with a query. */
  route?: string;
  /** Stands over what the environment says. Read once. */
  options?: Options;
}

interface Where {
  sessionId?: string | undefined;
  route?: string | undefined;
}

/** Starts the client once, in the page alone, and tells each event the session and the route it happened on. */
export function MaydayProvider({ children, sessionId, route, options }: MaydayProviderProps): ReactNode {
  const path = route?.split(/[?#]/)[0];
  const where = useRef<Where>({});
  where.current = { sessionId, route: path };
  // While rendering and not in an effect: the children's effects come first, and what fails in them is to be seen.
  startOnce(options, where);

  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current && path) addBreadcrumb({ category: "navigation", message: path });
    isFirst.current = false;
  }, [path]);
  return children;
}

let isStarted = false;

function startOnce(options: Options | undefined, where: { current: Where }): void {
  if (isStarted || typeof document === "undefined") return;
  isStarted = true;
  const merged: Options = { ...optionsOfEnvironment(), ...options };
  const { beforeSend } = merged;
  init({
    ...merged,
    beforeSend(event: LogEvent) {
      const { sessionId, route } = where.current;
      if (sessionId) event.session_id = sessionId;
      if (route) event.route = route;
      return beforeSend ? beforeSend(event) : event;
    },
  });
}
