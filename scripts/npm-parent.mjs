// Owns the end together with npm: a signal that is meant for a script reaches npm's shell, which dies and tells nobody.
const CHECK_EVERY_MS = 250;

/**
 * Calls back once when the shell has gone in which npm started this process; never when npm did not, or when this process
 * has got a signal of its own: Ctrl+C reaches all of them.
 *
 * @param {() => void} onGone
 */
export function whenNpmEnds(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const checking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(checking);
    onGone();
  }, CHECK_EVERY_MS);
  checking.unref();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => clearInterval(checking));
}
