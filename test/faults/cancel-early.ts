/**
 * Loaded into the run before the script: cancels the job with the signal that `CANCEL_WITH` names as soon as the script
 * listens for it, which is before its first request leaves.
 */
const signal = process.env.CANCEL_WITH as NodeJS.Signals;

process.on("newListener", (event) => {
  if (event === signal) process.nextTick(() => process.kill(process.pid, signal));
});
