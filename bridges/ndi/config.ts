import * as z from "zod";

/** The section `ndi` of the config file, as far as it reaches us. */
export const ndiConfig = z.object({
	/** The runtime's library, or the folder that it is in. */
	library: z.string().optional(),
	/** Further machines to ask for sources. */
	ips: z.array(z.string()).default([]),
	/** Discovery servers. */
	discovery: z.array(z.string()).default([]),
	/** Addresses of the network adapters to use. */
	adapters: z.array(z.string()).default([]),
	/** Groups whose sources are seen. */
	groups: z.array(z.string()).default([]),
});
export type NdiConfig = z.output<typeof ndiConfig>;
