/** Waits for a child that heads its own process group; past the limit, the whole group ends. */
export function limited(child, limitMs) {
  return new Promise((resolve) => {
    let isOverdue = false;
    const end = () => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    };
    const timer = setTimeout(() => {
      isOverdue = true;
      end();
    }, limitMs);
    const stop = () => {
      end();
      process.exit(1);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.once(signal, stop);
    const settle = (code, signal) => {
      clearTimeout(timer);
      for (const name of signals) process.off(name, stop);
      resolve({ code, signal, isOverdue });
    };
    child.once("error", () => settle(1, null));
    child.once("close", settle);
  });
}
