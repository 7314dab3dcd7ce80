// Ends as a driver ends a process.
process.stderr.write("the driver is sorry\n", () => process.kill(process.pid, "SIGSEGV"));
