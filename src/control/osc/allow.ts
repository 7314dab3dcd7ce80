import { BlockList, isIP, isIPv4 } from "node:net";

/** Which machines may talk to us: this one, and those named as `192.168.1.20` or `192.168.1.0/24`. */
export class AllowList {
	readonly #list = new BlockList();
	readonly #known = new Map<string, boolean>();

	/** Throws `TypeError` for what is neither an address nor a subnet. */
	constructor(allowed: readonly string[] = []) {
		for (const entry of ["127.0.0.0/8", "::1", ...allowed]) {
			const [address = "", prefix] = entry.split("/");
			const family = isIPv4(address) ? "ipv4" : "ipv6";
			const bits = prefix === undefined ? undefined : Number(prefix);
			if (!isIP(address) || (bits !== undefined && !(Number.isInteger(bits) && bits >= 0 && bits <= 128))) {
				throw new TypeError(`${entry} is neither an IP address nor a subnet.`);
			}
			if (bits === undefined) this.#list.addAddress(address, family);
			else this.#list.addSubnet(address, bits, family);
		}
	}

	/** Whether a machine may. */
	has(address: string): boolean {
		let known = this.#known.get(address);
		if (known === undefined) {
			const plain = address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
			known = this.#list.check(plain, isIPv4(plain) ? "ipv4" : "ipv6");
			if (this.#known.size >= 1024) this.#known.clear();
			this.#known.set(address, known);
		}
		return known;
	}
}
