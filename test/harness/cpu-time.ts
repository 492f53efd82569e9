/** Starts to count the CPU time of this process, in milliseconds: unlike the time of day, other processes make it no longer. */
export function startCpuTime(): () => number {
  const started = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  };
}
