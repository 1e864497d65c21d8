/**
 * Starts to measure; what it returns tells the milliseconds of processor time that this process has spent since. What ends soon, or grows
 * no faster than it should, is told by this on a busy machine, too.
 */
export function processorTime(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
}
