import { hashOf } from "./pixels.ts";
import type { Prompt } from "./prompts.ts";

/** Another process that plays the prompt of its first argument, and says what it saw. */
process.send?.(await hashOf(JSON.parse(process.argv[2] ?? "") as Prompt));
process.disconnect();
