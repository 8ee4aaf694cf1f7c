import chromium from "@sparticuz/chromium";

// A process of its own, because the package reads TMPDIR and AWS_EXECUTION_ENV when it is imported, and changes the
// environment of whoever imports it.
process.stdout.write(await chromium.executablePath());
