import * as z from "zod";

/** Names that separate one group from the other. */
const groups = z.string().max(200).default("");

/** The knobs of what is sent, and its lights. */
export const sinkParams = z.object({
	name: z.string().max(200).default("").meta({
		label: "Name",
		description:
			"What receivers find it by, after the name of this machine. `Mutoscope` and the session if empty. NDI®: https://ndi.video/.",
		apply: "reload",
	}),
	groups: groups.meta({
		label: "Groups",
		description: "Who finds it: names of NDI groups, with commas between them. Everybody if empty.",
		apply: "reload",
	}),
	alpha: z.enum(["auto", "straight", "opaque"]).default("auto").meta({
		label: "Alpha",
		description: "Sent where the pictures have one, always, or never. NDI's alpha is straight, not premultiplied.",
	}),
	remote: z.boolean().default(false).meta({
		label: "Receivers steer",
		description: "Whether whoever receives it may turn the session's parameters. NDI knows no passwords.",
	}),
	program: z.boolean().default(false).meta({
		label: "On program",
		description: "Whether a receiver says that it shows it to its audience.",
		readOnly: true,
	}),
	preview: z.boolean().default(false).meta({
		label: "On preview",
		description: "Whether a receiver says that it has it on preview.",
		readOnly: true,
	}),
	receivers: z.int().min(0).default(0).meta({ label: "Receivers", readOnly: true }),
});

/** The knobs of what is received, and its light. */
export const sourceParams = z.object({
	name: z.string().max(300).default("").meta({
		label: "NDI® source",
		description:
			"As the network calls it: MACHINE (name). The name alone finds it on any machine. See https://ndi.video/.",
		choicesFrom: "sources/ndi",
	}),
	steady: z.boolean().default(true).meta({
		label: "Steady",
		description: "NDI's frame-sync: pictures in step with our clock. Off, each is taken the moment it comes.",
		apply: "reload",
	}),
	connected: z.boolean().default(false).meta({ label: "Connected", readOnly: true }),
});
