/**
 * Keeps the process alive while something is under way that has neither socket nor timer of its own, such as the wait
 * before a repeat (the timers of `Clock` do not count), until it is disposed of.
 */
export function holdProcess(): Disposable {
  const handle = setInterval(() => undefined, 2 ** 31 - 1);
  return { [Symbol.dispose]: () => clearInterval(handle) };
}
