import { useEffect, useState, type ReactNode } from "react";
import { describePattern, watchPatterns, type ErrorPattern, type PatternOptions } from "../recovery/index.ts";

export interface ErrorPatternAlertProps extends PatternOptions {
  /** Patterns with fewer errors are not shown. Default 3. */
  minCount?: number;
  onSelect?: (pattern: ErrorPattern) => void;
}

/** For those who look after the app: what fails again and again just now. Shows nothing where nothing does. */
export function ErrorPatternAlert(props: ErrorPatternAlertProps): ReactNode {
  const { url, timeRange, headers, everyMs, minCount = 3, onSelect } = props;
  const [patterns, setPatterns] = useState<ErrorPattern[]>([]);
  // An object that is written anew at each rendering must not begin the watch anew.
  const key = JSON.stringify({ url, timeRange, headers, everyMs });
  useEffect(() => watchPatterns(JSON.parse(key) as PatternOptions, setPatterns), [key]);
  const shown = patterns.filter(({ count }) => count >= minCount);
  if (shown.length === 0) return null;
  return (
    <ul role="status" className="mayday-patterns">
      {shown.map((pattern) => (
        <li key={pattern.hash} data-type={pattern.type}>
          {onSelect ? (
            <button type="button" onClick={() => onSelect(pattern)}>
              {describePattern(pattern)}
            </button>
          ) : (
            describePattern(pattern)
          )}
        </li>
      ))}
    </ul>
  );
}
