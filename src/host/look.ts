/**
 * Looks at a stranger's module, in a process of its own that is started for nothing else: imports it, and tells what guests
 * it exports, as descriptions.
 *
 * @module
 */
import { reasonOf } from "../base/errors.ts";
import { describe } from "../contract/describe.ts";
import { guestsOf } from "./guest.ts";

process.once("message", (module: string) => {
	look(module).then(
		(guests) => process.send?.({ guests }, () => process.exit(0)),
		(error: unknown) => process.send?.({ reason: reasonOf(error) }, () => process.exit(0)),
	);
});

async function look(module: string) {
	return (await guestsOf(module)).map((guest) => describe(guest));
}
