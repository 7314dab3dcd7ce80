/** What the command line was given, by option. */
export interface Arguments {
	readonly config?: string | undefined;
	readonly host?: string | undefined;
	readonly port?: string | undefined;
	readonly "osc-port"?: string | undefined;
	readonly state?: string | undefined;
	readonly name?: string | undefined;
	readonly verbose?: boolean | undefined;
	readonly cuda?: boolean | undefined;
	readonly all?: boolean | undefined;
	readonly link?: boolean | undefined;
	readonly upgrade?: boolean | undefined;
}

/** The command line was not understood. */
export class Usage extends Error {}

/** Writes a line for the user, and is a success. */
export function say(line: string): 0 {
	process.stdout.write(`${line}\n`);
	return 0;
}
